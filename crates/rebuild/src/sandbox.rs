//! The sandbox: bubblewrap with an environment as its only file system. Nothing of the host is bound but the
//! directories of the build itself, there is no network, and there is no way around it: without it nothing is built.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process};

use crate::cargo_archives::CONFIG;
use crate::{Limits, SandboxError, digest};

/// The first line that the script prints. Without it, the sandbox itself did not come up.
const STARTED: &str = "dossier: sandbox started\n";
const HOSTNAME: &str = "build";
const USER: &str = "1000";

/// What a command said on both its outputs, in the order in which it said it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    /// The text. If it was longer than allowed, the middle is left out and a line says so.
    pub text: Vec<u8>,
    /// How many bytes there were in all.
    pub bytes_total: u64,
}

impl Log {
    /// The text for people.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// SHA-256 of the text that was kept.
    pub fn digest(&self) -> String {
        digest::of(&self.text)
    }

    /// The last lines, for an error message.
    pub fn tail(&self, lines: usize) -> String {
        let text = self.to_text();
        let all: Vec<&str> = text.lines().collect();
        all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
    }
}

/// How a script in the sandbox ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself, with this code; 128 and more is a signal.
    Code(i32),
    /// It was ended at its time limit.
    TimedOut,
}

/// A sandbox to run a script in.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox<'a> {
    /// The unpacked environment. It is the root, read-only.
    pub root: &'a Path,
    /// Shown read-write as `/build/src`.
    pub source: &'a Path,
    /// Shown read-only as `/build/deps`; a `cargo-config.toml` in it becomes cargo's configuration.
    pub dependencies: Option<&'a Path>,
    /// Shown read-write as `/build/out`.
    pub out: &'a Path,
    /// What the script may use.
    pub limits: Limits,
}

impl Sandbox<'_> {
    /// Whether sandboxes can be had on this host, tried with this one's root.
    pub fn check(&self) -> Result<(), SandboxError> {
        self.run("true", &BTreeMap::new()).map(|_| ())
    }

    /// Runs `script` with `/bin/sh -e` in `/build/src`, with exactly these variables.
    pub(crate) fn run(
        &self,
        script: &str,
        variables: &BTreeMap<String, String>,
    ) -> Result<(Ended, Log), SandboxError> {
        let script = format!("exec 2>&1\numask 022\nprintf '{}'\n{script}\n", STARTED.escape_default());
        let mut command = Command::new("prlimit");
        command.args(self.limit_arguments()).arg("--").arg("bwrap").args(self.arguments(variables));
        command.args(["/bin/sh", "-e", "-c"]).arg(script);
        // bubblewrap itself is started with an empty environment too, but for the path on which it is found.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|e| missing_or_start(e, "prlimit", "util-linux"))?;
        let (ended, log, said) = self.wait(child)?;
        match without_start_line(log) {
            Some(log) => Ok((ended, log)),
            None if matches!(ended, Ended::TimedOut) => Ok((ended, Log::default())),
            None => Err(refusal(&said)),
        }
    }

    fn limit_arguments(&self) -> Vec<String> {
        // A host may allow less than was asked for, and raising its limit is not ours to do.
        let at_most =
            |resource, wanted: u64| getrlimit(resource).maximum.map_or(wanted, |most| most.min(wanted));
        vec![
            "--core=0".to_owned(),
            format!("--as={}", at_most(Resource::As, self.limits.memory_bytes)),
            format!("--fsize={}", at_most(Resource::Fsize, self.limits.file_bytes)),
            format!("--nproc={}", at_most(Resource::Nproc, self.limits.processes)),
        ]
    }

    fn arguments(&self, variables: &BTreeMap<String, String>) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        let mut add = |parts: &[&std::ffi::OsStr]| arguments.extend(parts.iter().map(|p| (*p).to_owned()));
        let s = std::ffi::OsStr::new;
        // Every namespace by name: `--unshare-all` would do without a user or cgroup namespace where there is none.
        add(&[
            s("--unshare-all"),
            s("--unshare-user"),
            s("--die-with-parent"),
            s("--new-session"),
            s("--clearenv"),
        ]);
        add(&[
            s("--hostname"),
            s(HOSTNAME),
            s("--uid"),
            s(USER),
            s("--gid"),
            s(USER),
            s("--cap-drop"),
            s("ALL"),
        ]);
        add(&[s("--ro-bind"), self.root.as_os_str(), s("/"), s("--proc"), s("/proc"), s("--dev"), s("/dev")]);
        let tmp_bytes = self.limits.tmp_bytes.to_string();
        add(&[s("--size"), s(&tmp_bytes), s("--tmpfs"), s("/tmp"), s("--dir"), s("/tmp/home")]);
        add(&[s("--bind"), self.source.as_os_str(), s("/build/src")]);
        add(&[s("--bind"), self.out.as_os_str(), s("/build/out")]);
        if let Some(dependencies) = self.dependencies {
            add(&[s("--ro-bind"), dependencies.as_os_str(), s("/build/deps")]);
            let config = dependencies.join(CONFIG);
            if config.is_file() {
                add(&[
                    s("--dir"),
                    s("/tmp/cargo"),
                    s("--ro-bind"),
                    config.as_os_str(),
                    s("/tmp/cargo/config.toml"),
                ]);
            }
        }
        for (name, value) in variables {
            add(&[s("--setenv"), s(name), s(value)]);
        }
        add(&[s("--chdir"), s("/build/src"), s("--")]);
        arguments
    }

    /// Reads what the child says until it ends, or ends it at the time limit. Returns also what bubblewrap itself said.
    fn wait(&self, mut child: Child) -> Result<(Ended, Log, String), SandboxError> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let keep = self.limits.log_bytes;
        let (sender, ended) = mpsc::channel();
        thread::scope(|scope| {
            let log = scope.spawn(move || stdout.map(|from| bounded(from, keep)).unwrap_or_default());
            let said = scope.spawn(move || stderr.map(|from| bounded(from, 4096)).unwrap_or_default());
            scope.spawn(move || sender.send(child.wait()));
            let (ended, timed_out) = match ended.recv_timeout(Duration::from_secs(self.limits.time_s)) {
                Ok(status) => (status, false),
                Err(_) => {
                    // The whole sandbox dies with it: it is the parent of the sandbox's first process.
                    if let Some(pid) = pid {
                        let _ = kill_process(pid, Signal::KILL);
                    }
                    (ended.recv().unwrap_or_else(|_| Err(io::ErrorKind::Other.into())), true)
                }
            };
            let log = log.join().unwrap_or_default();
            let said = said.join().unwrap_or_default().to_text();
            let status = ended.map_err(SandboxError::Start)?;
            let ended = if timed_out { Ended::TimedOut } else { Ended::Code(code(status)) };
            Ok((ended, log, said))
        })
    }
}

fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|s| 128 + s)).unwrap_or(255)
}

fn missing_or_start(e: io::Error, program: &'static str, package: &'static str) -> SandboxError {
    if e.kind() == io::ErrorKind::NotFound {
        return SandboxError::ProgramMissing { program, package };
    }
    SandboxError::Start(e)
}

/// What the messages of prlimit and bubblewrap mean when the script did not start.
fn refusal(said: &str) -> SandboxError {
    if said.contains("failed to execute bwrap") {
        return SandboxError::ProgramMissing { program: "bwrap", package: "bubblewrap" };
    }
    if said.contains("execvp /bin/sh") {
        return SandboxError::NoShell;
    }
    if said.starts_with("prlimit:") {
        return SandboxError::Limits { message: said.trim().to_owned() };
    }
    SandboxError::Refused { message: said.trim().to_owned() }
}

fn without_start_line(mut log: Log) -> Option<Log> {
    let rest = log.text.strip_prefix(STARTED.as_bytes())?.to_vec();
    log.bytes_total -= STARTED.len() as u64;
    log.text = rest;
    Some(log)
}

/// Reads everything and keeps at most `keep` bytes: the beginning and the end.
fn bounded(mut from: impl Read, keep: usize) -> Log {
    let half = (keep / 2).max(STARTED.len());
    let (mut head, mut tail): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    let mut bytes_total = 0;
    let mut buffer = [0; 8192];
    // A read error ends the log; what was said so far is still worth having.
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let chunk = buffer.get(..read).unwrap_or_default();
        bytes_total += read as u64;
        let (first, rest) = chunk.split_at((half - head.len()).min(chunk.len()));
        head.extend_from_slice(first);
        tail.extend_from_slice(rest);
        if tail.len() > 4 * half {
            tail.drain(..tail.len() - half);
        }
    }
    if tail.len() > half {
        tail.drain(..tail.len() - half);
    }
    let left_out = bytes_total - (head.len() + tail.len()) as u64;
    if left_out > 0 {
        head.extend_from_slice(format!("\n[dossier: {left_out} bytes of the log are left out]\n").as_bytes());
    }
    head.extend_from_slice(&tail);
    Log { text: head, bytes_total }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let text: Vec<u8> = (0..100_000u32).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let log = bounded(text.as_slice(), 1000);
        assert_eq!(log.bytes_total, text.len() as u64);
        let kept = log.to_text();
        assert!(kept.starts_with("0\n1\n") && kept.ends_with("99999\n") && kept.contains("are left out"));
        assert!(kept.len() < 1200);
        assert_eq!(log.tail(2), "99998\n99999");
        assert_eq!(bounded(&b"short"[..], 1000).text, b"short");
    }

    #[test]
    fn what_bubblewrap_says_becomes_what_to_do() {
        let missing = refusal("prlimit: failed to execute bwrap: No such file or directory");
        assert!(missing.to_string().contains("apt install bubblewrap"));
        let refused = refusal("bwrap: No permissions to create new namespace");
        assert!(refused.to_string().contains("max_user_namespaces"));
        let no_shell = refusal("bwrap: execvp /bin/sh: No such file or directory");
        assert!(matches!(no_shell, SandboxError::NoShell));
    }
}

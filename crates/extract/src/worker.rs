//! The child process: reads one file from standard input, writes what it found to standard output, and can do nothing else; or
//! becomes another program (OCR, a converter) that reads its own libraries and one folder, writes there, and reaches nobody: by rules
//! for TCP, and where the system lets it by a network of its own, in which there is nobody to reach by any protocol.

use crate::read::read;
use crate::text::{Text, Unread};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;

/// The environment variable that names the limit of memory in bytes.
pub(crate) const MEMORY: &str = "DOSSIER_EXTRACT_MEMORY";

/// The environment variable that names the limit of processor time in seconds.
pub(crate) const SECONDS: &str = "DOSSIER_EXTRACT_SECONDS";

/// The environment variable that names the program to become and its arguments, with [`BETWEEN`] between them.
pub(crate) const BECOME: &str = "DOSSIER_EXTRACT_BECOME";

/// The environment variable that names the folder of the program to become.
pub(crate) const FOLDER: &str = "DOSSIER_EXTRACT_FOLDER";

/// Stands between program and arguments: the unit separator, which no path of ours holds.
pub(crate) const BETWEEN: u8 = 0x1f;

/// Largest file that another program may write: a page at the resolution that OCR asks for is far smaller.
const PICTURE_MAX: u64 = 256 << 20;

/// What a child answers.
pub(crate) type Answer = Result<Text, Unread>;

/// Runs as the child: limits itself, reads standard input as a file of this `name`, and writes the answer as JSON. Where the parent
/// asks for another program, it becomes that one within the same limits.
///
/// # Errors
/// Where input or output fails, the other program does not start, or Landlock is there and refuses; the parent then reports that the
/// reader failed.
pub fn run(name: &str) -> std::io::Result<()> {
    let number = |key: &str| std::env::var(key).ok().and_then(|v| v.parse::<u64>().ok());
    if let (Some(line), Some(folder)) = (std::env::var_os(BECOME), std::env::var_os(FOLDER)) {
        limit(number(MEMORY), number(SECONDS), (PICTURE_MAX, 64))?;
        return Err(transform(&line, Path::new(&folder)));
    }
    limit(number(MEMORY), number(SECONDS), (0, 16))?;
    confine()?;
    // Input, output and errors, and nothing more: a socket of any kind would be a fourth.
    limit(None, None, (0, 3))?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let answer: Answer = read(name, &bytes);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}

/// No more memory and time than given, no larger and no more open files, no core dumps.
fn limit(memory: Option<u64>, seconds: Option<u64>, (largest, open): (u64, u64)) -> std::io::Result<()> {
    let set = |resource, value: Option<u64>| -> std::io::Result<()> {
        match value {
            Some(value) => Ok(setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?),
            None => Ok(()),
        }
    };
    set(Resource::As, memory)?;
    set(Resource::Cpu, seconds)?;
    set(Resource::Fsize, Some(largest))?;
    set(Resource::Core, Some(0))?;
    set(Resource::Nofile, Some(open))
}

/// No file can be opened and no connection made from here on. A kernel without Landlock gives the other limits only.
fn confine() -> std::io::Result<()> {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    };
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|r| r.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(landlock::Ruleset::create)
        .map_err(std::io::Error::other)?;
    rules.restrict_self().map_err(std::io::Error::other)?;
    Ok(())
}

/// Where programs and what they need of the system lie; what is not there is left out.
const SYSTEM: &[&str] = &[
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/bin",
    "/sbin",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/sys/devices/system/cpu",
];

/// Becomes the program of this line; what comes back is why not.
fn transform(line: &OsStr, folder: &Path) -> std::io::Error {
    let mut words = line.as_bytes().split(|b| *b == BETWEEN).map(OsStr::from_bytes);
    let Some(program) = words.next().map(Path::new) else { return std::io::ErrorKind::InvalidInput.into() };
    if let Err(e) = confine_to(program, folder) {
        return e;
    }
    let path: OsString = ["/usr/local/bin", "/usr/bin", "/bin"].join(":").into();
    let mut command = match alone() {
        Some(mut command) => {
            command.arg(program);
            command
        }
        None => std::process::Command::new(program),
    };
    command.args(words).env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8");
    // One thread: the processors are shared with the readers beside it.
    command.env("OMP_THREAD_LIMIT", "1").env("HOME", folder).env("TMPDIR", folder).current_dir(folder);
    if let Some(data) = std::env::var_os(TESSDATA) {
        command.env(TESSDATA, data);
    }
    command.exec()
}

/// The program of the system that gives another one a network of its own, as a line to which that one is added; `None` where it is not
/// there, or where the system refuses it. Landlock's rules for TCP hold either way.
fn alone() -> Option<std::process::Command> {
    let unshare = ["/usr/bin/unshare", "/bin/unshare"].into_iter().map(Path::new).find(|p| p.is_file())?;
    let line = || {
        let mut command = std::process::Command::new(unshare);
        command.args(["--user", "--net", "--"]).env_clear();
        command
    };
    let tried =
        line().arg("true").env("PATH", "/usr/bin:/bin").stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success()).then(line)
}

/// Where the data of `tesseract` lie, where somebody moved them.
pub(crate) const TESSDATA: &str = "TESSDATA_PREFIX";

/// Reads programs, libraries and `folder`, writes in `folder`, makes no connection. A kernel without Landlock gives the other limits
/// only.
fn confine_to(program: &Path, folder: &Path) -> std::io::Result<()> {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
        RulesetCreatedAttr as _, path_beneath_rules,
    };
    let abi = ABI::V5;
    let mut read: Vec<std::path::PathBuf> = SYSTEM.iter().map(std::path::PathBuf::from).collect();
    read.extend(program.canonicalize().ok().and_then(|p| p.parent().map(Path::to_owned)));
    read.extend(program.parent().map(Path::to_owned));
    read.extend(std::env::var_os(TESSDATA).map(std::path::PathBuf::from));
    let write = AccessFs::from_all(abi) & !AccessFs::Execute;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|r| r.handle_access(AccessNet::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(|r| r.add_rules(path_beneath_rules(&read, AccessFs::from_read(abi))))
        .and_then(|r| {
            r.add_rules(path_beneath_rules(
                ["/dev/null"],
                AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate,
            ))
        })
        .and_then(|r| r.add_rules(path_beneath_rules([folder], write)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(std::io::Error::other)?;
    Ok(())
}

//! The parent's side of the child process: one file, one child, and an end to its patience.

use crate::ocr;
use crate::text::{Reason, Text, Unread};
use crate::worker::{Answer, MEMORY, SECONDS};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How much longer a child may take by the clock than by the processor: one that waits for nothing ends far before.
const PATIENCE: u64 = 20;

/// What reading one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is read, in bytes.
    pub file: u64,
    /// Memory of a child, in bytes.
    pub memory: u64,
    /// Time of a child, in seconds of the processor. By the clock it may take twenty times as long: what is read does not hang
    /// on what else the machine does.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file: 256 << 20, memory: 2 << 30, seconds: 60 }
    }
}

/// Reads foreign files, each in a child process.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    arguments: Vec<String>,
    /// The limits.
    pub limits: Limits,
    /// Whether pages without text layer are read by `tesseract` where it is installed.
    pub ocr: bool,
    /// The folders in which OCR and converters are looked for, as in `PATH`; none for none.
    pub programs: Option<OsString>,
}

impl Reader {
    /// A reader whose child is `program` with `arguments` and the name of the file after them; it has to call
    /// [`crate::worker::run`].
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Reader {
        Reader {
            program,
            arguments,
            limits: Limits::default(),
            ocr: true,
            programs: std::env::var_os("PATH"),
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Why it could not be read; a child that died or took too long is such a reason.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Result<Text, Unread> {
        if bytes.len() as u64 > self.limits.file {
            return Err(Unread::new(
                Reason::TooLarge,
                format!("{} bytes, the limit is {}", bytes.len(), self.limits.file),
            ));
        }
        match self.child(name, bytes) {
            Err(unread) if unread.reason == Reason::NoTextLayer && self.ocr => {
                ocr::pages(name, bytes, self).unwrap_or(Err(unread))
            }
            Err(unread) if unread.reason == Reason::Unsupported && ocr::is_word97(bytes) => {
                ocr::word97(bytes, self).unwrap_or(Err(unread))
            }
            answer => answer,
        }
    }

    /// The program that runs as the child, and its arguments before the name.
    pub(crate) fn worker(&self) -> (&Path, &[String]) {
        (&self.program, &self.arguments)
    }

    fn child(&self, name: &str, bytes: &[u8]) -> Answer {
        let failed =
            |what: &str, e: &dyn std::fmt::Display| Unread::new(Reason::ReaderFailed, format!("{what}: {e}"));
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .arg(name)
            .env_clear()
            .env(MEMORY, self.limits.memory.to_string())
            .env(SECONDS, self.limits.seconds.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| failed("it could not be started", &e))?;
        let (mut stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let patience = self.limits.seconds.saturating_mul(PATIENCE);
        let (send, receive) = mpsc::channel();
        let (answer, said, status) = std::thread::scope(|scope| {
            scope.spawn(move || {
                if let Some(pipe) = &mut stdin {
                    // A child that died early stops listening; its status says why.
                    drop(pipe.write_all(bytes));
                }
                drop(stdin);
            });
            scope.spawn(move || {
                let mut out = Vec::new();
                if let Some(pipe) = stdout {
                    drop(pipe.take(1 << 31).read_to_end(&mut out));
                }
                drop(send.send(out));
            });
            let errors = scope.spawn(move || {
                let mut out = Vec::new();
                if let Some(pipe) = stderr {
                    drop(pipe.take(4096).read_to_end(&mut out));
                }
                String::from_utf8_lossy(&out).into_owned()
            });
            let answer = receive.recv_timeout(Duration::from_secs(patience));
            if answer.is_err() {
                drop(child.kill());
            }
            let status = child.wait();
            (answer, errors.join().unwrap_or_default(), status)
        });
        let Ok(answer) = answer else {
            return Err(Unread::new(Reason::TimedOut, format!("more than {patience} s")));
        };
        let status = status.map_err(|e| failed("its end was not seen", &e))?;
        if status.success() {
            return serde_json::from_slice::<Answer>(&answer)
                .unwrap_or_else(|e| Err(failed("its answer is broken", &e)));
        }
        Err(self.death(status, &said))
    }

    /// Why a child died.
    fn death(&self, status: ExitStatus, said: &str) -> Unread {
        use std::os::unix::process::ExitStatusExt as _;
        if said.contains("memory allocation") || said.contains("capacity overflow") {
            return Unread::new(Reason::OutOfMemory, format!("more than {} bytes", self.limits.memory));
        }
        match status.signal() {
            Some(24 | 9) => {
                Unread::new(Reason::TimedOut, format!("more than {} s of the processor", self.limits.seconds))
            }
            Some(signal) => Unread::new(Reason::ReaderFailed, format!("ended by signal {signal}")),
            None => {
                let first = said.lines().next().unwrap_or("").chars().take(200).collect::<String>();
                Unread::new(Reason::ReaderFailed, if first.is_empty() { status.to_string() } else { first })
            }
        }
    }
}

//! The program `triage`: gives the clock, the arguments and the standard streams to the library.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let mut out = io::stdout().lock();
    match triage::run(&args, triage_content::Bundle::builtin(), clock(), &mut io::stdin().lock(), &mut out) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(e) => {
            // The output is gone; the shell shows its own error screen for any other exit code.
            let _ = writeln!(io::stderr(), "triage: {e}");
            ExitCode::from(5)
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn clock() -> triage::Clock {
    triage::Clock { now: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()) }
}

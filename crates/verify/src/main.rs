//! The binary `dossier-verify` for auditors: checks an archive, a BagIt export or a ledger export, offline.
//!
//! It opens no network connection and no database, starts no program and writes nothing. What is checked is done by
//! `archive`, `ledger` and `records`; here it is only chosen and told.

mod arguments;
mod check;
mod output;
mod trust;

use std::io::{self, Write};
use std::process::ExitCode;

/// Everything that was checked holds.
const EXIT_HOLDS: u8 = 0;
/// Something does not hold.
const EXIT_PROBLEMS: u8 = 1;
/// Nothing could be checked.
const EXIT_COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let code = match run() {
        Ok(code) => code,
        Err(message) => {
            // Nowhere else to say it; a closed stderr changes nothing about the exit code.
            let _ = writeln!(io::stderr(), "dossier-verify: {message}");
            EXIT_COULD_NOT_RUN
        }
    };
    ExitCode::from(code)
}

fn run() -> Result<u8, String> {
    let request = match arguments::parse(std::env::args_os().skip(1))? {
        arguments::Parsed::Print(text) => {
            print(&text)?;
            return Ok(EXIT_HOLDS);
        }
        arguments::Parsed::Verify(request) => request,
    };
    let mut anchors = trust::read_all(&request.trust)?;
    anchors.authorities = trust::read_authorities(&request.tsa)?;
    let outcome = check::check(&request.path, &anchors)?;
    let text =
        if request.json { output::json(&request, &outcome)? } else { output::words(&request, &outcome) };
    print(&text)?;
    Ok(if outcome.problems.is_empty() { EXIT_HOLDS } else { EXIT_PROBLEMS })
}

fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| format!("could not write the result: {e}"))
}

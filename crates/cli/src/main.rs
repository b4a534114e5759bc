//! The binary `dossier`: command line and composition root.
//!
//! Data goes to stdout, talk to stderr. Exit codes: 0 clean, 1 findings, 2 could not run, 3 ledger or archive failed
//! verification.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is where the product talks")]

mod commands;
mod context;
mod one_record;
mod print;
mod schedule;
mod site;
mod walk;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A closed pipe ends a command quietly, as it ends every other program on the line.
    match commands::run(commands::typed()) {
        Ok(outcome) => outcome.code(),
        Err(error) => {
            print::error(&error);
            match error.kind {
                app::ErrorKind::Verification => ExitCode::from(3),
                app::ErrorKind::Refused | app::ErrorKind::Environment => ExitCode::from(2),
            }
        }
    }
}

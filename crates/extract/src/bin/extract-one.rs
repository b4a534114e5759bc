//! `extract-one NAME < FILE`: the child process of a review by itself, for tests and benchmarks. `dossier` is its own child.

use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match extract::worker::run(&name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

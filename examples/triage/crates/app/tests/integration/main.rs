//! Content, engine, session and front end together, in one process and with a fixed clock.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod front_end;
mod replay;
mod storage;

use std::path::PathBuf;
use triage::{Clock, Exit, run};
use triage_content::{Bundle, ContentError};

/// Noon UTC of 2026-03-01.
pub const NOON: u64 = 1_772_366_400;

/// Runs a command line with the given input; gives the exit and everything that was printed.
pub fn at(now: u64, args: &str, input: &str) -> (Exit, String) {
    with(Bundle::builtin(), now, args, input)
}

/// The same with other content.
pub fn with(content: Result<Bundle, ContentError>, now: u64, args: &str, input: &str) -> (Exit, String) {
    let args: Vec<String> = args.split_whitespace().map(str::to_string).collect();
    let input = input.split_whitespace().map(|w| format!("{w}\n")).collect::<String>();
    let mut out = Vec::new();
    let exit = run(&args, content, Clock { now }, &mut input.as_bytes(), &mut out).unwrap();
    (exit, String::from_utf8(out).unwrap())
}

/// A path for this test alone, without a file.
pub fn fresh(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("integration-{name}"));
    let _ = std::fs::remove_file(&path);
    path
}

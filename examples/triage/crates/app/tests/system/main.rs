//! The automated cases of system test protocol STP-2.4: the program as it is delivered, from outside. Each test is
//! named in one case of `dossier/tests/stp-2.4-automated.md`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod adult;
mod pediatric;
mod population;
mod robustness;
mod saved;
mod screens;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The day of every assessment here.
pub const TODAY: &str = "2026-03-01";

/// Starts the program and gives its exit code and output. Input words become lines.
pub fn triage(args: &str, input: &str) -> (i32, String) {
    let lines: String = input.split_whitespace().map(|w| format!("{w}\n")).collect();
    raw(args, lines.as_bytes())
}

/// The same with input as it is.
pub fn raw(args: &str, input: &[u8]) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_triage"))
        .args(args.split_whitespace())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// One assessment to its end: the level and a text that the result shows.
pub fn result(birth: &str, pathway: &str, answers: &str, level: u8, says: &str) {
    let (code, text) = triage(&format!("--birth {birth} --pathway {pathway} --today {TODAY}"), answers);
    assert_eq!(code, 0, "{text}");
    let shown = text.split_once("+---").expect("a result").1;
    assert!(shown.contains(&format!("[{level}/5]")), "{shown}");
    assert!(shown.contains(says), "{shown}");
    assert!(shown.contains("In an emergency call 112"), "{shown}");
}

/// A path for this test alone, without a file.
pub fn fresh(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("system-{name}"));
    let _ = std::fs::remove_file(&path);
    path
}

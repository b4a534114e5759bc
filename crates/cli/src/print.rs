//! How results and errors look on a terminal.

use app::{Appended, Error};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// Findings, or a failing verdict.
    Findings,
    /// Part of what was asked could not be done.
    Failed,
    /// Ledger or archive do not verify.
    Verification,
}

impl Outcome {
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Outcome::Clean => ExitCode::SUCCESS,
            Outcome::Findings => ExitCode::from(1),
            Outcome::Failed => ExitCode::from(2),
            Outcome::Verification => ExitCode::from(3),
        }
    }
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &Error) -> String {
    let mut out = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(c) = cause {
        out = format!("{out}: {c}");
        cause = c.source();
    }
    out
}

/// An error with its causes and what to do.
pub(crate) fn error(error: &Error) {
    eprintln!("error: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(c) = cause {
        eprintln!("  because: {c}");
        cause = c.source();
    }
    if !error.hints.is_empty() {
        eprintln!();
    }
    for hint in &error.hints {
        eprintln!("help: {hint}");
    }
}

/// What was appended, for people on stderr or as JSON on stdout.
pub(crate) fn appended(json: bool, what: &str, done: &Appended) {
    match (json, done) {
        (true, Appended::Entries { first, position }) => {
            println!(
                "{}",
                serde_json::json!({"format": "dossier/appended/v1", "first": first, "position": position})
            );
        }
        (true, Appended::Requested(file)) => {
            println!("{}", serde_json::json!({"format": "dossier/appended/v1", "requested": file}));
        }
        (false, Appended::Entries { first, .. }) => eprintln!("{what} (entry {first})"),
        (false, Appended::Requested(file)) => {
            let file = file.display();
            eprintln!("wrote {file}, nothing is recorded yet");
            eprintln!("sign it:  ssh-keygen -Y sign -n dossier.v1 -f KEY {file}");
            eprintln!("then give this command again with `--accept {file}` in place of `--request`");
        }
    }
}

/// One JSON object on stdout.
pub(crate) fn json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => out(&format!("{text}\n")),
        Err(e) => eprintln!("error: could not write JSON: {e}"),
    }
}

/// Text on stdout. A reader that went away is no error of ours.
pub(crate) fn out(text: &str) {
    use std::io::Write as _;
    let mut stdout = std::io::stdout().lock();
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}

/// An aligned table; the last column is not padded.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let columns = head.len();
    let mut widths: Vec<usize> = head.iter().map(|h| h.chars().count()).collect();
    for row in rows {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let begun = out.len();
        for (i, cell) in cells.enumerate() {
            let pad = widths.get(i).map_or(0, |w| w.saturating_sub(cell.chars().count()));
            out.push_str(cell);
            if i + 1 < columns {
                out.extend(std::iter::repeat_n(' ', pad + 2));
            }
        }
        let written = out.get(begun..).map_or(0, |line| line.trim_end().len());
        out.truncate(begun + written);
        out.push('\n');
    };
    line(&mut head.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    out
}

//! One line for each finding: `path:line:col: error[R0042] message`.

use super::{Options, printable};
use crate::{Diagnostic, Severity, Verdict};
use std::fmt::{self, Write};

pub(super) fn findings(out: &mut dyn Write, findings: &[Diagnostic], options: &Options<'_>) -> fmt::Result {
    for d in findings {
        let (on, off) = if options.colour { (colour(d), "\u{1b}[0m") } else { ("", "") };
        let word = if d.verdict == Verdict::Waived { "waived" } else { d.severity.as_str() };
        let place = d.location.to_string();
        writeln!(out, "{}: {on}{word}[{}]{off} {}", printable(&place), d.rule, printable(&d.message))?;
    }
    Ok(())
}

fn colour(d: &Diagnostic) -> &'static str {
    match (d.verdict, d.severity) {
        (Verdict::Waived, _) => "\u{1b}[2m",
        (_, Severity::Error) => "\u{1b}[1;31m",
        (_, Severity::Warning) => "\u{1b}[1;33m",
        (_, Severity::Note) => "\u{1b}[1;32m",
    }
}

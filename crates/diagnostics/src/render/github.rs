//! Workflow commands of GitHub: `::error file=…,line=…,col=…,title=…::message`. Everything that could end a value or the
//! line is escaped, because documents are written by anybody.

use crate::{Diagnostic, Location, Severity, Verdict};
use std::fmt::{self, Write};

pub(super) fn findings(out: &mut dyn Write, findings: &[Diagnostic]) -> fmt::Result {
    for d in findings {
        let command = match (d.verdict, d.severity) {
            (Verdict::Waived, _) | (_, Severity::Note) => "notice",
            (_, Severity::Error) => "error",
            (_, Severity::Warning) => "warning",
        };
        write!(out, "::{command} ")?;
        if let Location::File { path, line, column, .. } = &d.location {
            write!(out, "file={},line={line},col={column},", property(path))?;
        }
        let mut message = d.message.clone();
        if !matches!(d.location, Location::File { .. }) {
            message = format!("{}: {message}", d.location);
        }
        if let Some(help) = &d.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        writeln!(out, "title={}::{}", property(&format!("{} {}", d.rule, d.name)), data(&message))?;
    }
    Ok(())
}

fn data(s: &str) -> String {
    s.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(s: &str) -> String {
    data(s).replace(':', "%3A").replace(',', "%2C")
}

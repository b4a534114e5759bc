//! The comparison of two releases for a terminal.

use super::{DiffSection, ReleaseDiff};
use std::fmt::Write as _;

impl ReleaseDiff {
    /// For people.
    pub fn to_text(&self) -> String {
        let short = |c: &str| model::history::short(c).to_owned();
        let mut out = format!(
            "from {} ({}) to {} ({})\n",
            self.from,
            short(&self.from_commit),
            self.to,
            short(&self.to_commit)
        );
        if !self.history_missing.is_empty() {
            let _ = writeln!(out, "change requests cannot be told: {}", self.history_missing);
        }
        let _ = writeln!(out, "change requests: {}", self.change_requests.len());
        for c in &self.change_requests {
            let category = if c.category.is_empty() { String::new() } else { format!("{}, ", c.category) };
            let answers = if c.answers.is_empty() {
                String::new()
            } else {
                format!(", answers {}", c.answers.join(", "))
            };
            let _ = writeln!(
                out,
                "  {} {} ({category}{}, {} commits{answers})",
                c.change,
                c.title,
                c.state,
                c.commits.len()
            );
        }
        if !self.uncovered.is_empty() {
            let _ = writeln!(out, "commits that no change request covers: {}", self.uncovered.len());
            for c in &self.uncovered {
                let _ = writeln!(out, "  ▲ {c}");
            }
        }
        for section in &self.sections {
            write_section(&mut out, section);
        }
        out
    }
}

fn write_section(out: &mut String, section: &DiffSection) {
    let count = |became: &str| section.rows.iter().filter(|r| r.became == became).count();
    let _ = writeln!(
        out,
        "{}: {} added, {} removed, {} changed",
        section.what,
        count("added"),
        count("removed"),
        count("changed")
    );
    for row in &section.rows {
        let sign = match row.became {
            "added" => '+',
            "removed" => '-',
            _ => '~',
        };
        let mut line = format!("  {sign} {}", row.id);
        if !row.title.is_empty() {
            let _ = write!(line, " {}", row.title);
        }
        if !row.details.is_empty() {
            let _ = write!(line, ": {}", row.details.join("; "));
        }
        if !row.changes.is_empty() {
            let _ = write!(line, " [{}]", row.changes.join(", "));
        }
        let _ = writeln!(out, "{line}");
    }
}

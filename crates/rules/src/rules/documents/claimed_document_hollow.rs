//! See `claimed_document_hollow.md`.

use super::without_front_matter;
use crate::plan_fields::is_scaffold_line;
use crate::prelude::*;
use diagnostics::Span;
use documents::placeholder;
use std::collections::HashSet;

rule!(CLAIMED_DOCUMENT_HOLLOW, "claimed_document_hollow", check);

/// The fewest words of its own that make a document more than its headings.
const FEWEST: usize = 8;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let asked: HashSet<&str> = out.rule.meta.clauses.iter().map(String::as_str).collect();
    for document in &cx.documents.controlled {
        let governing = document.front.clauses.iter().filter_map(|c| clauses::governing(c));
        let claims: Vec<&str> = governing.map(|c| c.id.as_str()).filter(|c| asked.contains(c)).collect();
        if claims.is_empty() || says_something(without_front_matter(&document.file.text)) {
            continue;
        }
        let report = out.at(document.file.location(Span::default())).about(document.id.to_string());
        report.arg("claims", claims.join(", "));
        for clause in claims {
            report.clause(clause);
        }
    }
}

/// Whether a text has words that are neither headings, names of fields, placeholders nor the scaffold's.
fn says_something(text: &str) -> bool {
    let own = text.lines().map(str::trim).filter(|line| {
        let is_frame = line.starts_with('#') || line.starts_with("- field:");
        !is_frame && placeholder::find(line).is_empty() && !is_scaffold_line(line)
    });
    own.flat_map(str::split_whitespace)
        .filter(|w| w.contains(char::is_alphanumeric))
        .nth(FEWEST - 1)
        .is_some()
}

//! See `claimed_document_hollow.md`.

use super::{says_something, without_front_matter};
use crate::prelude::*;
use diagnostics::Span;
use std::collections::HashSet;

rule!(CLAIMED_DOCUMENT_HOLLOW, "claimed_document_hollow", check);

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

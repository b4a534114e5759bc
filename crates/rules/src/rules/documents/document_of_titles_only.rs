//! See `document_of_titles_only.md`.

use super::{says_something, without_front_matter};
use crate::prelude::*;
use diagnostics::Span;
use std::collections::HashSet;
use std::sync::Arc;

rule!(DOCUMENT_OF_TITLES_ONLY, "document_of_titles_only", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let asked: HashSet<&str> = out.rule.meta.clauses.iter().map(String::as_str).collect();
    for file in &cx.documents.files {
        let text = without_front_matter(&file.text);
        if text.trim().is_empty() || says_something(text) {
            continue;
        }
        // A file with items is judged by them (`empty-item`).
        if cx.model.items().iter().any(|i| Arc::ptr_eq(&i.file, file)) {
            continue;
        }
        let document = cx.documents.controlled.iter().find(|d| Arc::ptr_eq(&d.file, file));
        // What claims to be evidence is `claimed-document-hollow`.
        if document.is_some_and(|d| !d.front.clauses.is_empty()) {
            continue;
        }
        let heading = || text.lines().find_map(|l| l.strip_prefix("# ")).unwrap_or("");
        let title = document.map_or_else(heading, |d| d.title.as_str());
        let kinds = clauses::document_names().of(&file.path, title);
        let mut stands_for: Vec<&str> = Vec::new();
        for clause in kinds.flat_map(|k| &k.stands_for).map(String::as_str) {
            if asked.contains(clause) && !stands_for.contains(&clause) {
                stands_for.push(clause);
            }
        }
        if stands_for.is_empty() {
            continue;
        }
        let name = document.map_or_else(|| file.path.to_string(), |d| d.id.to_string());
        let report = out.at(file.location(Span::default())).about(name);
        report.arg("clauses", stands_for.join(", "));
        for clause in stands_for {
            report.clause(clause.to_owned());
        }
    }
}

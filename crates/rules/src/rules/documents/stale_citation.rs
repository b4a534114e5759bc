//! See `stale_citation.md`.

use crate::prelude::*;
use clauses::Day;
use diagnostics::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

rule!(STALE_CITATION, "stale_citation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Ok(as_of) = cx.as_of.to_string().parse::<Day>() else { return };
    for file in &cx.documents.files {
        let judged_at = clauses::date_of(&file.text).unwrap_or(as_of);
        let mut seen = BTreeSet::new();
        for stale in clauses::stale(&file.text, judged_at) {
            if !seen.insert(stale.cited.clone()) {
                continue;
            }
            let document = cx.documents.controlled.iter().find(|d| Arc::ptr_eq(&d.file, file));
            let subject = document.map_or_else(|| file.path.to_string(), |d| d.id.to_string());
            let why = match stale.since {
                Some(since) => format!("it is not since {since}"),
                None => "the edition in force does not use this number".to_owned(),
            };
            let instead = match stale.replaced_by.as_slice() {
                [] => "what is in force".to_owned(),
                list => list.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" and "),
            };
            out.at(file.location(Span::new(stale.range)))
                .about(subject)
                .arg("cited", stale.cited)
                .arg("judged_at", judged_at.to_string())
                .arg("why", why)
                .arg("instead", instead);
        }
    }
}

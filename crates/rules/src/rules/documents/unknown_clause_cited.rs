//! See `unknown_clause_cited.md`.

use crate::prelude::*;

rule!(UNKNOWN_CLAUSE_CITED, "unknown_clause_cited", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for document in &cx.documents.controlled {
        for cited in &document.front.clauses {
            if !clauses::governing(cited).is_some_and(|c| c.in_force) {
                out.at(document.location()).about(document.id.to_string()).arg("cited", cited.clone());
            }
        }
    }
}

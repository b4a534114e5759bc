//! See `document_review_overdue.md`.

use crate::prelude::*;

rule!(DOCUMENT_REVIEW_OVERDUE, "document_review_overdue", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for document in &cx.documents.controlled {
        let Some(life) = state.documents.get(document.id.as_str()).filter(|l| l.obsolete.is_none()) else {
            continue;
        };
        if let Some(due) = life.review_due().filter(|due| *due < cx.as_of) {
            out.at(document.location()).about(document.id.as_str()).arg("due", due.to_string());
        }
    }
}

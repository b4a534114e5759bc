//! See `document_review_overdue.md`.

use crate::prelude::*;
use documents::Document;
use vocabulary::Date;

rule!(DOCUMENT_REVIEW_OVERDUE, "document_review_overdue", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for document in &cx.documents.controlled {
        if let Some(due) = due_by_age(cx, document).filter(|due| *due < cx.as_of) {
            out.at(document.location()).about(document.id.as_str()).arg("due", due.to_string());
            continue;
        }
        let Some(life) = state.documents.get(document.id.as_str()).filter(|l| l.obsolete.is_none()) else {
            continue;
        };
        if let Some(due) = life.review_due().filter(|due| *due < cx.as_of) {
            out.at(document.location()).about(document.id.as_str()).arg("due", due.to_string());
        }
    }
}

/// The day by which the firm's profile wants a document looked at again: so many days after its newest approval or review. None where
/// the profile says nothing, or nobody has looked at it yet (that is another rule's finding).
fn due_by_age(cx: &Snapshot<'_>, document: &Document) -> Option<Date> {
    let id = document.id.as_str();
    let days = cx.profile.review_days.get(id).or_else(|| cx.profile.review_days.get("document"))?;
    let state = cx.state?;
    let life = state.documents.get(id);
    if life.is_some_and(|l| l.obsolete.is_some()) {
        return None;
    }
    let approvals = state.approvals.get(id).into_iter().flatten().map(|a| a.meta.at.date_utc());
    let reviews = life.into_iter().flat_map(|l| &l.reviews).map(|r| r.meta.at.date_utc());
    Some(approvals.chain(reviews).max()?.plus_days((*days).into()))
}

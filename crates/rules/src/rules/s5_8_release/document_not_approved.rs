//! See `document_not_approved.md`.

use super::judged;
use crate::prelude::*;

rule!(DOCUMENT_NOT_APPROVED, "document_not_approved", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((_, state)) = judged(cx) else { return };
    let mut approved = 0;
    for document in &cx.documents.controlled {
        let id = document.id.as_str();
        if cx.is_approved(id, document.digest) {
            approved += 1;
            continue;
        }
        let earlier = state.approvals.get(id).is_some_and(|all| !all.is_empty());
        let why = if earlier { "an earlier text was approved" } else { "nobody has approved it" };
        out.at(document.location()).about(id).arg("why", why).arg("digest", document.digest.short());
    }
    for id in cx.config.documents.required.iter().filter(|id| cx.document(id).is_none()) {
        out.at(cx.config.place("documents.required"))
            .about(id.clone())
            .arg("why", "it is required and does not exist")
            .arg("digest", "none");
    }
    if approved > 0 {
        out.saw_text(format!("{approved} controlled documents, each approved at its present content"));
    }
}

//! See `inadequate_evaluation.md`.

use crate::evaluations::newest;
use crate::prelude::*;

rule!(INADEQUATE_EVALUATION, "inadequate_evaluation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for e in newest(cx).filter(|e| !e.body.adequate) {
        out.at_entry(e.meta.seq, &e.body.subject)
            .arg("person", cx.signer(&e.meta))
            .arg("clause", e.body.clause.clone())
            .arg("about", e.body.subject.clone())
            .clause(e.body.clause.clone())
            .note(e.body.rationale.clone());
    }
}

//! See `stale_evaluation.md`.

use crate::evaluations::{newest, stale};
use crate::prelude::*;

rule!(STALE_EVALUATION, "stale_evaluation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for e in newest(cx).filter(|e| e.body.adequate) {
        if let Some(judged) = stale(cx, &e.body) {
            out.at_entry(e.meta.seq, &e.body.subject)
                .arg("about", judged.subject.clone())
                .arg("clause", e.body.clause.clone())
                .clause(e.body.clause.clone());
        }
    }
}

//! See `evaluation_without_hazard.md`.

use super::{evaluations, judged};
use crate::prelude::*;

rule!(EVALUATION_WITHOUT_HAZARD, "evaluation_without_hazard", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    for (id, evaluation) in evaluations(release, state) {
        if evaluation.body.hazards.is_empty() {
            out.at_entry(evaluation.meta.seq, id);
        }
    }
}

//! See `unacceptable_residual_anomaly.md`.

use super::{evaluations, judged};
use crate::prelude::*;
use records::EvaluationOutcome;

rule!(UNACCEPTABLE_RESIDUAL_ANOMALY, "unacceptable_residual_anomaly", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    for (id, evaluation) in evaluations(release, state) {
        if evaluation.body.outcome == EvaluationOutcome::Unacceptable {
            out.at_entry(evaluation.meta.seq, id)
                .arg("person", cx.signer(&evaluation.meta))
                .note(evaluation.body.rationale.clone());
        }
    }
}

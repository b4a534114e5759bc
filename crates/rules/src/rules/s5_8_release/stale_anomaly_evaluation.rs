//! See `stale_anomaly_evaluation.md`.

use super::{evaluations, judged};
use crate::prelude::*;
use records::AnomalyEvaluate;
use vocabulary::ItemId;

rule!(STALE_ANOMALY_EVALUATION, "stale_anomaly_evaluation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    for (id, evaluation) in evaluations(release, state) {
        if let Some((item, change)) = first_change(cx, &evaluation.body) {
            let report =
                out.at_entry(evaluation.meta.seq, id).arg("item", item.to_string()).arg("change", change);
            if let Some(now) = cx.model.by_id(item.as_str()) {
                report.related(now.location(), "the text of today");
            }
        }
    }
}

/// The first item of the evaluation that is gone or has another text now.
fn first_change<'e>(
    cx: &Snapshot<'_>,
    evaluation: &'e AnomalyEvaluate,
) -> Option<(&'e ItemId, &'static str)> {
    let gone =
        evaluation.hazards.iter().chain(&evaluation.controls).find(|id| cx.model.find(id.as_str()).is_none());
    if let Some(id) = gone {
        return Some((id, "removed"));
    }
    evaluation.judged.iter().find_map(|judged| match cx.digest_of(judged.item.as_str()) {
        None => Some((&judged.item, "removed")),
        Some(now) if now != judged.digest => Some((&judged.item, "changed")),
        Some(_) => None,
    })
}

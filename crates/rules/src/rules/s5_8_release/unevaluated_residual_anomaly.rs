//! See `unevaluated_residual_anomaly.md`.

use super::{judged, residual};
use crate::prelude::*;

rule!(UNEVALUATED_RESIDUAL_ANOMALY, "unevaluated_residual_anomaly", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    let (mut residual_ones, mut evaluated) = (0, 0);
    for (id, anomaly) in residual(release, state) {
        residual_ones += 1;
        if anomaly.evaluation_for(release.version).is_some() {
            evaluated += 1;
        } else {
            out.at_entry(anomaly.report.meta.seq, id).arg("release", release.version.to_owned());
        }
    }
    out.saw_text(match residual_ones {
        0 => format!("no residual anomaly to evaluate, as of {}", cx.as_of),
        n => format!("{evaluated} of {n} residual anomalies evaluated for {}", release.version),
    });
}

//! See `residual_anomaly_without_prrc.md`.

use super::{judged, residual};
use crate::prelude::*;

rule!(RESIDUAL_ANOMALY_WITHOUT_PRRC, "residual_anomaly_without_prrc", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !cx.profile.prrc_signs_anomalies {
        return;
    }
    let Some((release, state)) = judged(cx) else { return };
    for (id, anomaly) in residual(release, state) {
        let of_release = || anomaly.evaluations.iter().filter(|e| e.body.release == release.version);
        // Without any evaluation there is nothing to countersign, and R0042 says so.
        if of_release().next().is_none() {
            continue;
        }
        if !of_release().any(|e| e.meta.signer.as_deref().is_some_and(|s| s.role == "prrc")) {
            out.at_entry(anomaly.report.meta.seq, id).arg("release", release.version.to_owned());
        }
    }
}

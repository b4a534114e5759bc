//! See `residual_anomaly_not_documented.md`.

use super::{judged, residual};
use crate::prelude::*;

rule!(RESIDUAL_ANOMALY_NOT_DOCUMENTED, "residual_anomaly_not_documented", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    let mut complete = 0;
    for (id, anomaly) in residual(release, state) {
        let report = &anomaly.report.body;
        let missing: Vec<&str> = [
            ("title", &report.title),
            ("description", &report.description),
            ("severity", &report.severity),
            ("reproduction", &report.reproduction),
        ]
        .into_iter()
        .filter_map(|(what, text)| text.trim().is_empty().then_some(what))
        .collect();
        if missing.is_empty() {
            complete += 1;
        } else {
            out.at_entry(anomaly.report.meta.seq, id).arg("missing", missing.join(", "));
        }
    }
    // Said also where there is none: a list is evidence when it says what was searched, and up to when. Not the position of the
    // ledger: people sign this text, and an entry that has nothing to do with the release must not void it.
    let until = format!("among the anomalies on record, as of {}", cx.as_of);
    out.saw_text(match complete {
        0 => format!("no residual anomaly known {until}"),
        n => format!("{n} residual anomalies documented {until}"),
    });
}

//! See `investigation_incomplete.md`.

use crate::prelude::*;

rule!(INVESTIGATION_INCOMPLETE, "investigation_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut complete = 0;
    for (id, anomaly) in &state.anomalies {
        let Some(newest) = anomaly.investigation() else { continue };
        let body = &newest.body;
        let missing = if body.safety_relevant && body.hazards.is_empty() {
            "finds it relevant to safety and names no hazard"
        } else if body.problem && body.change.is_none() && body.no_change.trim().is_empty() {
            "names neither a change request nor the reason for none"
        } else {
            complete += 1;
            continue;
        };
        out.at_entry(newest.meta.seq, id).arg("missing", missing);
    }
    if complete > 0 {
        out.saw_text(format!("{complete} investigations with cause, safety relevance and what follows"));
    }
}

//! See `investigation_incomplete.md`.

use crate::prelude::*;
use std::collections::BTreeSet;

rule!(INVESTIGATION_INCOMPLETE, "investigation_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut complete = 0;
    let requested = state.changes.values().filter(|c| !c.is_dropped());
    let answered: BTreeSet<&str> =
        requested.flat_map(|c| &c.opened.body.answers).map(String::as_str).collect();
    for (id, anomaly) in &state.anomalies {
        let Some(newest) = anomaly.investigation() else { continue };
        let body = &newest.body;
        let missing = if body.safety_relevant && body.hazards.is_empty() {
            "finds it relevant to safety and names no hazard"
        } else if body.problem
            && body.change.is_none()
            && body.no_change.trim().is_empty()
            && !answered.contains(id.as_str())
        {
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

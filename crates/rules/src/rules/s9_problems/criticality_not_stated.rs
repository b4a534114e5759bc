//! See `criticality_not_stated.md`.

use crate::prelude::*;

rule!(CRITICALITY_NOT_STATED, "criticality_not_stated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut complete = 0;
    for (id, anomaly) in state.anomalies.iter().filter(|(_, a)| a.is_open()) {
        let unsaid = anomaly.report.body.unsaid_criticality();
        if unsaid.is_empty() {
            complete += 1;
        } else {
            out.at_entry(anomaly.report.meta.seq, id).arg("unsaid", unsaid.join(", "));
        }
    }
    if complete > 0 {
        out.saw_text(format!("{complete} open problem reports with their criticality"));
    }
}

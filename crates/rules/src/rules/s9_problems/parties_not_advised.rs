//! See `parties_not_advised.md`.

use crate::prelude::*;

rule!(PARTIES_NOT_ADVISED, "parties_not_advised", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut advised = 0;
    for (id, anomaly) in state.anomalies.iter().filter(|(_, a)| a.is_open()) {
        let Some(newest) = anomaly.investigation() else { continue };
        if !(newest.body.safety_relevant || newest.body.security_relevant) {
            continue;
        }
        if anomaly.advices.is_empty() {
            out.at_entry(newest.meta.seq, id);
        } else {
            advised += 1;
        }
    }
    if advised > 0 {
        out.saw_text(format!("{advised} safety-relevant anomalies of which parties were advised"));
    }
}

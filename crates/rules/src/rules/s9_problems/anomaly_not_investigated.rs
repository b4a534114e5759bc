//! See `anomaly_not_investigated.md`.

use crate::prelude::*;

rule!(ANOMALY_NOT_INVESTIGATED, "anomaly_not_investigated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let term = i64::from(cx.config.anomalies.investigate_days);
    let mut investigated = 0;
    for (id, anomaly) in state.anomalies.iter().filter(|(_, a)| a.is_open()) {
        if !anomaly.investigations.is_empty() {
            investigated += 1;
            continue;
        }
        let days = cx.as_of.days_since(anomaly.report.meta.at.date_utc());
        if days > term {
            out.at_entry(anomaly.report.meta.seq, id).arg("days", days.to_string());
        }
    }
    if investigated > 0 {
        out.saw_text(format!("{investigated} open anomalies investigated"));
    }
}

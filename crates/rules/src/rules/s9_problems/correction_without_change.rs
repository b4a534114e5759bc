//! See `correction_without_change.md`.

use crate::prelude::*;
use records::Disposition;

rule!(CORRECTION_WITHOUT_CHANGE, "correction_without_change", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut through = 0;
    for (id, anomaly) in &state.anomalies {
        let Some(r) = anomaly.resolution().filter(|r| r.body.disposition == Disposition::Corrected) else {
            continue;
        };
        let how = match r.body.change.as_deref().map(|c| (c, state.changes.get(c))) {
            None => "without a change request".to_owned(),
            Some((id, None)) => format!("under `{id}`, which is no change request"),
            Some((id, Some(c))) if c.is_dropped() => format!("under `{id}`, which was dropped"),
            Some((id, Some(c))) if c.approvals.is_empty() => format!("under `{id}`, which nobody approved"),
            Some(_) => {
                through += 1;
                continue;
            }
        };
        out.at_entry(r.meta.seq, id).arg("how", how);
    }
    if through > 0 {
        out.saw_text(format!("{through} corrections, each through an approved change request"));
    }
}

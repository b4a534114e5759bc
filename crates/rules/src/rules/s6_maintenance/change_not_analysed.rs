//! See `change_not_analysed.md`.

use crate::prelude::*;

rule!(CHANGE_NOT_ANALYSED, "change_not_analysed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut analysed = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        let Some(approval) = change.approvals.last() else { continue };
        let first = change.analyses.first().map(|a| a.meta.seq);
        let how = match first {
            Some(seq) if seq < approval.meta.seq => {
                analysed += 1;
                continue;
            }
            Some(_) => "before its effects were analysed",
            None if !change.opened.body.safety_analysis.trim().is_empty() => continue,
            None => "without an analysis of its effects",
        };
        out.at_entry(approval.meta.seq, id).arg("how", how);
    }
    if analysed > 0 {
        out.saw_text(format!("{analysed} changes analysed before their approval"));
    }
}

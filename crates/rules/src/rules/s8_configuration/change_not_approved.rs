//! See `change_not_approved.md`.

use crate::prelude::*;

rule!(CHANGE_NOT_APPROVED, "change_not_approved", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut approved = 0;
    for (id, change) in &state.changes {
        let Some(first) = change.implementations.first() else { continue };
        if change.approvals.iter().any(|a| a.meta.seq < first.meta.seq) {
            approved += 1;
        } else {
            out.at_entry(first.meta.seq, id);
        }
    }
    if approved > 0 {
        out.saw_text(format!("{approved} implemented changes, each approved before"));
    }
}

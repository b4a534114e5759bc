//! See `change_not_verified.md`.

use crate::prelude::*;

rule!(CHANGE_NOT_VERIFIED, "change_not_verified", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let mut verified = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        if !history.of_change(id).any(|c| !c.touches.is_empty()) {
            continue;
        }
        if change.verifications.is_empty() {
            out.at_entry(change.opened.meta.seq, id);
        } else {
            verified += 1;
        }
    }
    if verified > 0 {
        out.saw_text(format!("{verified} changes of this release verified"));
    }
}

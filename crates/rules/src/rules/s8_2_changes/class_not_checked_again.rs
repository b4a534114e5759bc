//! See `class_not_checked_again.md`.

use crate::prelude::*;

rule!(CLASS_NOT_CHECKED_AGAIN, "class_not_checked_again", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let mut checked = 0;
    for (id, _) in history.touched.iter().filter(|(_, t)| t.class) {
        let Some(change) = state.changes.get(id) else { continue };
        if change.analyses.iter().any(|a| !a.body.class_check.trim().is_empty()) {
            checked += 1;
        } else {
            out.at_entry(change.opened.meta.seq, id);
        }
    }
    if checked > 0 {
        out.saw_text(format!(
            "{checked} changes of what the class rests on, each with the class checked again"
        ));
    }
}

//! See `regression_not_selected.md`.

use crate::prelude::*;

rule!(REGRESSION_NOT_SELECTED, "regression_not_selected", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let mut selected = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        if !history.of_change(id).any(|c| !c.touches.is_empty()) {
            continue;
        }
        if change.regressions.is_empty() {
            out.at_entry(change.opened.meta.seq, id);
        } else {
            selected += 1;
        }
    }
    if selected > 0 {
        out.saw_text(format!("{selected} changes with a signed selection of tests"));
    }
}

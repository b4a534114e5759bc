//! See `feedback_not_evaluated.md`.

use crate::prelude::*;

rule!(FEEDBACK_NOT_EVALUATED, "feedback_not_evaluated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut evaluated = 0;
    for (name, source) in state.sources.iter().filter(|(_, s)| s.registered.body.active) {
        let due = source.due();
        if due < cx.as_of {
            out.at_entry(source.registered.meta.seq, name).arg("due", due.to_string());
        } else if !source.evaluations.is_empty() {
            evaluated += 1;
        }
    }
    if evaluated > 0 {
        out.saw_text(format!("{evaluated} sources of feedback evaluated in time"));
    }
}

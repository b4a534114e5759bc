//! See `ledger_not_sound.md`.

use crate::prelude::*;

rule!(LEDGER_NOT_SOUND, "ledger_not_sound", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for problem in &state.problems {
        out.at_entry(problem.seq, &problem.kind)
            .arg("entry", problem.seq.to_string())
            .arg("why", problem.what.clone());
    }
    for (seq, kind) in &state.unknown_kinds {
        out.at_entry(*seq, kind)
            .arg("entry", seq.to_string())
            .arg("why", format!("this version of dossier does not know the kind `{kind}`"));
    }
    // Entry 0 says whose ledger it is, and a product without items has nothing whose status could be told.
    if state.is_sound() && state.position > 1 && !cx.model.items().is_empty() {
        out.saw_text_for("62304:8.3", format!("ledger of {} entries, all of which count", state.position));
    }
}

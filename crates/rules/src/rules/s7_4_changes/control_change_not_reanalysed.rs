//! See `control_change_not_reanalysed.md`.

use crate::prelude::*;

rule!(CONTROL_CHANGE_NOT_REANALYSED, "control_change_not_reanalysed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let mut looked = 0;
    for (id, touched) in history.touched.iter().filter(|(_, t)| !t.controls.is_empty()) {
        let Some(change) = state.changes.get(id) else { continue };
        let judged = |rc: &vocabulary::ItemId| {
            let all = change.reanalyses.iter().flat_map(|r| &r.body.judged);
            all.filter(|j| j.item == *rc).any(|j| cx.digest_of(rc.as_str()) == Some(j.digest))
        };
        let open: Vec<String> =
            touched.controls.iter().filter(|rc| !judged(rc)).map(|rc| format!("`{rc}`")).collect();
        if open.is_empty() {
            looked += 1;
        } else {
            out.at_entry(change.opened.meta.seq, id).arg("controls", open.join(", "));
        }
    }
    if looked > 0 {
        out.saw_text_for("62304:7.4.2", format!("{looked} changes near risk controls, each analysed again"));
    }
}

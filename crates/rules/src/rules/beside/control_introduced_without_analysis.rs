//! See `control_introduced_without_analysis.md`.

use crate::prelude::*;

rule!(CONTROL_INTRODUCED_WITHOUT_ANALYSIS, "control_introduced_without_analysis", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(previous)) = (cx.state, cx.previous) else {
        out.saw_text("there is no earlier release that a control could be new against");
        return;
    };
    let mut judged = 0_usize;
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        if previous.model.by_id(item.id.as_str()).is_some() {
            continue;
        }
        let analysed = state.changes.values().flat_map(|c| &c.reanalyses).flat_map(|r| &r.body.judged);
        if analysed.into_iter().any(|j| j.item == item.id && j.digest == item.digest) {
            judged += 1;
        } else {
            out.at_item(ix, item).arg("previous", previous.name.to_owned());
        }
    }
    out.saw_text(format!(
        "{judged} risk controls are new since {}, each analysed with its change",
        previous.name
    ));
}

//! See `adverse_trend_without_action.md`.

use crate::prelude::*;

rule!(ADVERSE_TREND_WITHOUT_ACTION, "adverse_trend_without_action", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(newest) = cx.state.and_then(|s| s.trend_reviews.last()) else { return };
    let body = &newest.body;
    let answered = body.capa.as_ref().is_some_and(|c| cx.state.is_some_and(|s| s.capas.contains_key(c)));
    if body.adverse.is_empty() {
        out.saw_text(format!("no adverse trend up to {}", body.to));
    } else if answered {
        out.saw_text(format!("the adverse trend up to {} is answered by a corrective action", body.to));
    } else {
        out.at_entry(newest.meta.seq, &body.to.to_string()).arg("groups", body.adverse.join(", "));
    }
}

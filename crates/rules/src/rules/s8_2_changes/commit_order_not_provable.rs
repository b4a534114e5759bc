//! See `commit_order_not_provable.md`.

use crate::prelude::*;

rule!(COMMIT_ORDER_NOT_PROVABLE, "commit_order_not_provable", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(history) = cx.history else { return };
    let tied = history.commits.iter().filter(|c| !c.touches.is_empty() && !c.changes.is_empty());
    let late = tied.filter(|c| c.at_release || c.observed.is_none()).count();
    if late > 0 {
        out.at(cx.whole_product()).arg("count", late.to_string()).arg("baseline", history.baseline.clone());
    }
}

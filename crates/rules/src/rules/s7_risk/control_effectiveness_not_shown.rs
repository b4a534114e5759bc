//! See `control_effectiveness_not_shown.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::is_verified;

rule!(CONTROL_EFFECTIVENESS_NOT_SHOWN, "control_effectiveness_not_shown", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        let by_requirement = || {
            cx.model
                .sources(ix, LinkType::Implements)
                .any(|(from, _)| is_verified(cx, from, cx.model.item(from)))
        };
        // Without any verification the cause is another one: `control-without-verification`.
        if !is_verified(cx, ix, item) && !has_part(item, "effectiveness") && by_requirement() {
            out.at_item(ix, item);
        }
    }
}

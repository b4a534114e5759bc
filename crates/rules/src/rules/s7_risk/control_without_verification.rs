//! See `control_without_verification.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::is_verified;

rule!(CONTROL_WITHOUT_VERIFICATION, "control_without_verification", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        let by_requirement = || {
            cx.model
                .sources(ix, LinkType::Implements)
                .any(|(from, _)| is_verified(cx, from, cx.model.item(from)))
        };
        let outside = || is_external(item) && has_part(item, "verification");
        if is_verified(cx, ix, item) || by_requirement() || outside() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

//! See `control_controls_nothing.md`.

use crate::prelude::*;

rule!(CONTROL_CONTROLS_NOTHING, "control_controls_nothing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        // A control against a threat alone belongs to the security file.
        if item.links.iter().any(|l| matches!(l.kind, LinkType::Controls | LinkType::Mitigates)) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

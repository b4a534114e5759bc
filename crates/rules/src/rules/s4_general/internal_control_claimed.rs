//! See `internal_control_claimed.md`.

use crate::prelude::*;
use crate::risk_class::{external_controls, rests_on_external_controls};

rule!(INTERNAL_CONTROL_CLAIMED, "internal_control_claimed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::HazardousSituation) {
        if rests_on_external_controls(cx, item) && external_controls(cx, ix).is_empty() {
            out.at_field(ix, item, "probability-after-external-controls");
        }
    }
}

//! See `requirement_without_verification.md`.

use super::is_verified;
use crate::prelude::*;

rule!(REQUIREMENT_WITHOUT_VERIFICATION, "requirement_without_verification", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareRequirement) {
        if is_verified(cx, ix, item) {
            out.saw_for("62304:5.7.1", ix, item);
            out.saw_for("62304:5.7.4.a", ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

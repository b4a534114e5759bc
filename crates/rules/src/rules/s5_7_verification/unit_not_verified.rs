//! See `unit_not_verified.md`.

use super::is_verified;
use crate::prelude::*;

rule!(UNIT_NOT_VERIFIED, "unit_not_verified", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareUnit) {
        if is_verified(cx, ix, item) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

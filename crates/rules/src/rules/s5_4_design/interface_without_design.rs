//! See `interface_without_design.md`.

use crate::prelude::*;

rule!(INTERFACE_WITHOUT_DESIGN, "interface_without_design", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Interface) {
        if has_part(item, "design") {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

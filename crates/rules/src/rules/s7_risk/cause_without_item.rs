//! See `cause_without_item.md`.

use crate::prelude::*;

rule!(CAUSE_WITHOUT_ITEM, "cause_without_item", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Cause) {
        if item.links.iter().any(|l| l.kind == LinkType::ArisesIn) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

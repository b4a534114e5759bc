//! See `hazard_without_situation.md`.

use crate::prelude::*;

rule!(HAZARD_WITHOUT_SITUATION, "hazard_without_situation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Hazard) {
        if item.links.iter().any(|l| l.kind == LinkType::LeadsTo) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

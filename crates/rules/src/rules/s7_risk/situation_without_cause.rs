//! See `situation_without_cause.md`.

use crate::prelude::*;

rule!(SITUATION_WITHOUT_CAUSE, "situation_without_cause", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::HazardousSituation) {
        if cx.model.sources(ix, LinkType::Causes).next().is_some() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

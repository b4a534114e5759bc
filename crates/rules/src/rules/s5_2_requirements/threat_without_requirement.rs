//! See `threat_without_requirement.md`.

use crate::prelude::*;

rule!(THREAT_WITHOUT_REQUIREMENT, "threat_without_requirement", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Threat) {
        if cx.model.sources(ix, LinkType::Mitigates).next().is_some() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

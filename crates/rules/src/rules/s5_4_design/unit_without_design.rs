//! See `unit_without_design.md`.

use crate::prelude::*;

rule!(UNIT_WITHOUT_DESIGN, "unit_without_design", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareUnit) {
        let described =
            cx.model.sources(ix, LinkType::PartOf).any(|(from, _)| cx.is(from, Kind::DetailedDesign));
        if described || !item.text().trim().is_empty() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

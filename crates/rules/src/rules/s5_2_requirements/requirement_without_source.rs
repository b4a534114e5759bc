//! See `requirement_without_source.md`.

use crate::prelude::*;

rule!(REQUIREMENT_WITHOUT_SOURCE, "requirement_without_source", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareRequirement) {
        let links = [LinkType::Satisfies, LinkType::Implements, LinkType::Mitigates];
        if item.links.iter().any(|l| links.contains(&l.kind)) || has_part(item, "source") {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

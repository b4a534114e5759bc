//! See `requirement_not_allocated.md`.

use crate::prelude::*;

rule!(REQUIREMENT_NOT_ALLOCATED, "requirement_not_allocated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any software item the cause is another one: `no-architecture`.
    if cx.model.of_kind(Kind::SoftwareItem).is_empty() {
        return;
    }
    for (ix, item) in cx.items_of(Kind::SoftwareRequirement) {
        if !item.links.iter().any(|l| l.kind == LinkType::AllocatedTo) {
            out.at_item(ix, item);
        }
    }
}

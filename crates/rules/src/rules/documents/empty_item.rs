//! See `empty_item.md`.

use crate::prelude::*;

rule!(EMPTY_ITEM, "empty_item", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let kinds = [
        (Kind::SoftwareRequirement, "62304:5.2.6"),
        (Kind::DetailedDesign, "62304:5.4.2"),
        (Kind::TestCase, "62304:5.7.1"),
    ];
    for (kind, clause) in kinds {
        for (ix, item) in cx.items_of(kind) {
            if item.fields.is_empty() && item.links.is_empty() && item.text().trim().is_empty() {
                out.at_item(ix, item).clause(clause);
            }
        }
    }
}

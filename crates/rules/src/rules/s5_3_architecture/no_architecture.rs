//! See `no_architecture.md`.

use crate::prelude::*;

rule!(NO_ARCHITECTURE, "no_architecture", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.model.of_kind(Kind::SoftwareItem).is_empty() {
        out.at(cx.whole_product()).about(cx.config.product.name.clone());
    }
    for (ix, item) in cx.items_of(Kind::SoftwareItem) {
        out.saw(ix, item);
    }
}

//! See `no_units.md`.

use crate::prelude::*;

rule!(NO_UNITS, "no_units", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any software item the cause is another one: `no-architecture`.
    let Some((_, first)) = cx.items_of(Kind::SoftwareItem).next() else { return };
    if cx.model.of_kind(Kind::SoftwareUnit).is_empty() {
        out.at(first.location()).about(cx.config.product.name.clone());
    }
    for (ix, item) in cx.items_of(Kind::SoftwareUnit) {
        out.saw(ix, item);
    }
}

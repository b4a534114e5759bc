//! See `soup_without_supplier.md`.

use crate::prelude::*;

rule!(SOUP_WITHOUT_SUPPLIER, "soup_without_supplier", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        if has_part(item, "supplier") {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

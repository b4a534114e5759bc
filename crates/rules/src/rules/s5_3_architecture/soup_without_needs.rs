//! See `soup_without_needs.md`.

use crate::prelude::*;

rule!(SOUP_WITHOUT_NEEDS, "soup_without_needs", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        if has_part(item, "needs") {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

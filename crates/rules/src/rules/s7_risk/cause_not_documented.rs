//! See `cause_not_documented.md`.

use crate::prelude::*;

rule!(CAUSE_NOT_DOCUMENTED, "cause_not_documented", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Cause) {
        let said = !item.text().trim().is_empty() || has_part(item, "description");
        if said {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

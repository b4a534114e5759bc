//! See `cause_not_documented.md`.

use crate::prelude::*;

rule!(CAUSE_NOT_DOCUMENTED, "cause_not_documented", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Cause) {
        // A heading that is a sentence describes it.
        let is_sentence = item.title().split_whitespace().count() >= 5;
        let said = is_sentence || !item.text().trim().is_empty() || has_part(item, "description");
        if said {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

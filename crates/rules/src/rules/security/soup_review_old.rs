//! See `soup_review_old.md`.

use crate::prelude::*;

rule!(SOUP_REVIEW_OLD, "soup_review_old", check);

/// Days after which a review is due again.
const AGE_MAX: i64 = 90;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for (ix, item) in cx.items_of(Kind::Soup) {
        // That there is none at all for the version in use is another rule's.
        let Some(last) = state.soup_reviews.iter().rev().find(|r| r.body.item == item.id) else { continue };
        let days = cx.as_of.days_since(last.body.searched);
        if days > AGE_MAX {
            out.at_item(ix, item).arg("days", days.to_string());
        } else {
            out.saw(ix, item);
        }
    }
}

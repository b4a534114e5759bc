//! See `soup_review_overdue.md`.

use crate::prelude::*;

rule!(SOUP_REVIEW_OVERDUE, "soup_review_overdue", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(most)) = (cx.state, cx.profile.review_days.get("soup").copied()) else { return };
    for (ix, item) in cx.items_of(Kind::Soup) {
        if cx.model.sources(ix, LinkType::ArisesIn).next().is_none() {
            continue;
        }
        let newest =
            state.soup_reviews.iter().filter(|r| r.body.item == item.id).map(|r| r.body.searched).max();
        // Never reviewed: `soup-not-reviewed`.
        let Some(newest) = newest else { continue };
        let days = cx.as_of.days_since(newest);
        if days > i64::from(most) {
            out.at_item(ix, item).arg("days", days.to_string()).arg("most", most.to_string());
        } else {
            out.saw(ix, item);
        }
    }
}

//! See `soup_not_reviewed.md`.

use super::Register;
use crate::prelude::*;

rule!(SOUP_NOT_REVIEWED, "soup_not_reviewed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let register = Register::new(cx);
    for (ix, item) in cx.items_of(Kind::Soup) {
        if cx.model.sources(ix, LinkType::ArisesIn).next().is_none() {
            continue;
        }
        for version in register.versions_of(ix, item) {
            let of_item = || state.soup_reviews.iter().filter(|r| r.body.item == item.id);
            if of_item().any(|r| r.body.version == version) {
                out.saw(ix, item);
                continue;
            }
            let why = match of_item().next_back() {
                Some(r) => format!("last reviewed for version {}", r.body.version),
                None => "never reviewed".to_owned(),
            };
            out.at_item(ix, item).arg("version", version).arg("why", why);
        }
    }
}

//! See `duplicate_link.md`.

use super::each_link;
use crate::prelude::*;

rule!(DUPLICATE_LINK, "duplicate_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    each_link(cx, LinkState::Duplicate, |link, item, _| {
        out.at_place_in(link.from, item, item.location_of(link.span))
            .arg("link", link.kind.as_str())
            .arg("target", link.target.to_string());
    });
}

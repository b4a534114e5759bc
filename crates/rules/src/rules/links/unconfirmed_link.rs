//! See `unconfirmed_link.md`.

use super::{each_link, gate_clause};
use crate::prelude::*;

rule!(UNCONFIRMED_LINK, "unconfirmed_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    each_link(cx, LinkState::Unconfirmed, |link, item, clause| {
        let why =
            if link.stamp.is_some() { "a stamp without a record of who confirmed it" } else { "no stamp" };
        out.at_place_in(link.from, item, item.location_of(link.span))
            .arg("link", link.kind.as_str())
            .arg("target", link.target.to_string())
            .arg("why", why)
            .clause("62304:5.1.1")
            .clause(clause)
            .clause(gate_clause(link));
    });
}

//! See `dangling_link.md`.

use super::{each_link, gate_clause};
use crate::prelude::*;

rule!(DANGLING_LINK, "dangling_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    each_link(cx, LinkState::Dangling, |link, item, clause| {
        out.at_place_in(link.from, item, item.location_of(link.span))
            .arg("link", link.kind.as_str())
            .arg("target", link.target.to_string())
            .clause("62304:8.1.1")
            .clause(clause)
            .clause(gate_clause(link));
    });
}

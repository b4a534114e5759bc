//! See `suspect_link.md`.

use super::{each_link, gate_clause};
use crate::prelude::*;

rule!(SUSPECT_LINK, "suspect_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    each_link(cx, LinkState::Suspect, |link, item, clause| {
        let target = link.to.and_then(|ix| cx.model.get(ix));
        let report = out
            .at_place_in(link.from, item, item.location_of(link.span))
            .arg("link", link.kind.as_str())
            .arg("target", link.target.to_string())
            .arg("stamp", link.stamp.map_or_else(String::new, |s| s.to_string()))
            .arg("now", target.map_or_else(String::new, |t| t.digest.stamp().to_string()))
            .clause("62304:8.2.3")
            .clause(clause)
            .clause(gate_clause(link));
        if let Some(target) = target {
            report.related(target.location(), "changed here");
        }
    });
}

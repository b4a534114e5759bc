//! See `wrong_kind_link.md`.

use super::{each_link, gate_clause};
use crate::prelude::*;

rule!(WRONG_KIND_LINK, "wrong_kind_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    each_link(cx, LinkState::WrongKind, |link, item, clause| {
        let target = link.to.and_then(|ix| cx.model.get(ix));
        let report = out
            .at_place_in(link.from, item, item.location_of(link.span))
            .arg("link", link.kind.as_str())
            .arg("target", link.target.to_string())
            .arg("from_kind", item.kind.plain())
            .arg("to_kind", target.map_or("", |t| t.kind.plain()))
            .arg("ends", ends(link.kind))
            .clause("62304:8.1.1")
            .clause(clause)
            .clause(gate_clause(link));
        if let Some(target) = target {
            report.related(target.location(), format!("`{}` is here", target.id));
        }
    });
}

/// The ends that a link may have, in words: asked of the model, so that there is one table.
fn ends(link: LinkType) -> String {
    let mut pairs = Vec::new();
    for from in Kind::ALL {
        for to in Kind::ALL.iter().filter(|to| link.allows(*from, **to)) {
            pairs.push(format!("from {} to {}", from.plain(), to.plain()));
        }
    }
    let more = pairs.len().saturating_sub(MOST);
    pairs.truncate(MOST);
    let shown = pairs.join(", ");
    if more == 0 { shown } else { format!("{shown}, and {more} more") }
}

/// How many pairs of ends a line of help holds.
const MOST: usize = 8;

//! See `circular_link.md`.

use crate::prelude::*;

rule!(CIRCULAR_LINK, "circular_link", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for cycle in cx.model.cycles() {
        let Some(&first) = cycle.items.first() else { continue };
        let Some(item) = cx.model.get(first) else { continue };
        let into = |l: &&Link| l.kind == cycle.kind && l.to.is_some_and(|to| cycle.items.contains(&to));
        let place = cx.model.outgoing(first).iter().find(into).map_or(item.heading, |l| l.span);
        let others = cycle.items.iter().skip(1).filter_map(|ix| cx.model.get(*ix));
        let mut circle: Vec<String> = others.take(8).map(|i| format!("`{}`", i.id)).collect();
        if circle.is_empty() {
            circle.push(format!("`{}`", item.id));
        }
        out.at_place_in(first, item, item.location_of(place))
            .arg("link", cycle.kind.as_str())
            .arg("circle", circle.join(", "));
    }
}

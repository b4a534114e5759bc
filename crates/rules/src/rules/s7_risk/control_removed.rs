//! See `control_removed.md`.

use crate::prelude::*;
use std::collections::BTreeSet;

rule!(CONTROL_REMOVED, "control_removed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(previous) = &cx.previous else { return };
    let (before, since) = (previous.model, previous.name);
    let replaced: BTreeSet<String> = cx
        .items_of(Kind::RiskControl)
        .chain(cx.items_of(Kind::SoftwareRequirement))
        .flat_map(|(_, i)| i.values("replaces").iter().map(ToString::to_string).collect::<Vec<_>>())
        .collect();
    for old in before.of_kind(Kind::RiskControl) {
        let Some(control) = before.get(*old) else { continue };
        let gone = |i: &Item| cx.model.by_id(i.id.as_str()).is_none() && !replaced.contains(i.id.as_str());
        if gone(control) {
            let still = before
                .targets(*old, LinkType::Controls)
                .filter_map(|(to, _)| cx.model.find(before.get(to)?.id.as_str()));
            for ix in still.take(1) {
                let Some(remaining) = cx.model.get(ix) else { continue };
                out.at_item(ix, remaining)
                    .about(control.id.to_string())
                    .arg("since", since.to_owned())
                    .arg("hazard", remaining.kind.plain())
                    .arg("remaining", remaining.id.to_string());
            }
            continue;
        }
        // The control is there, and the requirement that implemented it is gone with nothing in its place.
        let Some(now) = cx.model.find(control.id.as_str()) else { continue };
        if cx.model.sources(now, LinkType::Implements).next().is_some() || is_external(control) {
            continue;
        }
        let mut requirements = before.sources(*old, LinkType::Implements).filter_map(|(r, _)| before.get(r));
        if let (Some(requirement), Some(remaining)) = (requirements.find(|r| gone(r)), cx.model.get(now)) {
            out.at_item(now, remaining)
                .about(requirement.id.to_string())
                .arg("since", since.to_owned())
                .arg("hazard", remaining.kind.plain())
                .arg("remaining", remaining.id.to_string());
        }
    }
}

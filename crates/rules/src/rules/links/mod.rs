//! Rules about links between items: what they must be worth before they prove anything.

use crate::prelude::*;
use crate::registry::Source;

mod circular_link;
mod dangling_link;
mod duplicate_link;
mod suspect_link;
mod unconfirmed_link;
mod wrong_kind_link;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    dangling_link::DANGLING_LINK,
    wrong_kind_link::WRONG_KIND_LINK,
    duplicate_link::DUPLICATE_LINK,
    circular_link::CIRCULAR_LINK,
    suspect_link::SUSPECT_LINK,
    unconfirmed_link::UNCONFIRMED_LINK,
];

/// Calls `found` for each link in this state, with the item that carries it and the clause whose trace it was to prove.
fn each_link(cx: &Snapshot<'_>, state: LinkState, mut found: impl FnMut(&Link, &Item, &'static str)) {
    for link in cx.model.links().iter().filter(|l| l.state == state) {
        if let Some(item) = cx.model.get(link.from) {
            found(link, item, clause_of(cx, link, item));
        }
    }
}

/// The part of the release gate that a link which proves nothing stands against: verification, or the activities of the plan.
fn gate_clause(link: &Link) -> &'static str {
    if link.kind == LinkType::Verifies { "62304:5.8.1" } else { "62304:5.8.6" }
}

/// The clause whose trace a link proves.
fn clause_of(cx: &Snapshot<'_>, link: &Link, from: &Item) -> &'static str {
    let to = link.to.and_then(|ix| cx.model.get(ix)).map(|i| i.kind);
    match link.kind {
        LinkType::Satisfies | LinkType::Mitigates => "62304:5.2.6",
        LinkType::Implements if from.kind == Kind::SoftwareRequirement => "62304:5.2.3",
        LinkType::Implements => "62304:5.4.1",
        LinkType::AllocatedTo | LinkType::PartOf => "62304:5.3.1",
        LinkType::Verifies => match to {
            Some(Kind::RiskControl) => "62304:7.3.3.d",
            Some(Kind::SoftwareUnit) => "62304:5.5.5",
            Some(Kind::SoftwareItem | Kind::Interface) => "62304:5.6.3",
            _ => "62304:5.7.4",
        },
        LinkType::LeadsTo => "62304:7.1.1",
        LinkType::Causes => "62304:7.3.3.b",
        LinkType::ArisesIn => "62304:7.3.3.a",
        LinkType::Controls => "62304:7.3.3.c",
        LinkType::Uses => "62304:8.1.3",
    }
}

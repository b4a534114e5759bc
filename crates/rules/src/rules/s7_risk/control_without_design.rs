//! See `control_without_design.md`.

use crate::prelude::*;

rule!(CONTROL_WITHOUT_DESIGN, "control_without_design", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any software item the cause is another one: `no-architecture`.
    if cx.model.of_kind(Kind::SoftwareItem).is_empty() {
        return;
    }
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        let mut open = None;
        let mut designed = false;
        for (requirement, _) in cx.model.sources(ix, LinkType::Implements) {
            let allocated = cx.model.targets(requirement, LinkType::AllocatedTo).next().is_some();
            let implemented = cx.model.sources(requirement, LinkType::Implements).next().is_some();
            if allocated || implemented {
                designed = true;
            } else {
                open.get_or_insert(requirement);
            }
        }
        match open.filter(|_| !designed).and_then(|r| cx.model.get(r)) {
            Some(requirement) => {
                out.at_item(ix, item)
                    .arg("requirement", requirement.id.to_string())
                    .related(requirement.location(), "its requirement");
            }
            // A control without requirement has a rule of its own.
            None => out.saw(ix, item),
        }
    }
}

//! See `risk_control_without_requirement.md`.

use crate::prelude::*;

rule!(RISK_CONTROL_WITHOUT_REQUIREMENT, "risk_control_without_requirement", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        if is_external(item) || cx.model.sources(ix, LinkType::Implements).next().is_some() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

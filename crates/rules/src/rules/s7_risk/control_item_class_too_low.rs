//! See `control_item_class_too_low.md`.

use crate::prelude::*;
use crate::risk_class::situation;
use model::class::{Contribution, Severity, Situation, decide};
use vocabulary::SafetyClass;

rule!(CONTROL_ITEM_CLASS_TOO_LOW, "control_item_class_too_low", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (control, control_item) in cx.items_of(Kind::RiskControl) {
        let Some(asked) = class_of_risk(cx, control) else { continue };
        for (requirement, _) in cx.model.sources(control, LinkType::Implements) {
            for (ix, _) in cx.model.targets(requirement, LinkType::AllocatedTo) {
                let item = cx.model.item(ix);
                let class = cx.classes.of(cx.model, ix);
                if class >= asked {
                    out.saw(ix, item);
                    continue;
                }
                out.at_field(ix, item, "class")
                    .by_class_of_system()
                    .arg("class", class.as_str())
                    .arg("control", control_item.id.to_string())
                    .arg("asked", asked.as_str())
                    .related(control_item.location(), "the control");
            }
        }
    }
}

/// The class of the worst risk that a control keeps away, as if it were not there.
fn class_of_risk(cx: &Snapshot<'_>, control: ItemIx) -> Option<SafetyClass> {
    let controlled = cx.model.targets(control, LinkType::Controls).map(|(to, _)| to);
    let situations = controlled.flat_map(|to| {
        let itself = cx.is(to, Kind::HazardousSituation).then_some(to);
        itself.into_iter().chain(cx.model.targets(to, LinkType::Causes).map(|(situation, _)| situation))
    });
    situations.filter_map(|s| class_of_harm(cx, s)).max()
}

/// As for a system: controls outside the software count, those inside do not (62304:4.3 a), so that one risk has one class.
fn class_of_harm(cx: &Snapshot<'_>, ix: ItemIx) -> Option<SafetyClass> {
    let situation = Situation { contributes: Contribution::Yes, ..situation(cx, ix, cx.model.get(ix)?) };
    if matches!(situation.severity, Severity::None | Severity::Unknown) {
        return None;
    }
    decide(true, situation).outcome.duties()
}

//! See `initial_class_not_recorded.md`.

use crate::prelude::*;
use crate::risk_class::{situation, without_external_controls};
use model::class::decide_system;

rule!(INITIAL_CLASS_NOT_RECORDED, "initial_class_not_recorded", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !cx.config.is_set("risk.acceptable") {
        return;
    }
    for (n, system) in cx.classes.systems().iter().enumerate() {
        let Some(recorded) = system.recorded else { continue };
        let mine =
            || cx.items_of(Kind::HazardousSituation).filter(|(ix, _)| cx.systems.of_item(*ix).contains(&n));
        let with: Vec<_> = mine().map(|(ix, item)| situation(cx, ix, item)).collect();
        let without: Vec<_> = mine().map(|(ix, item)| without_external_controls(cx, ix, item)).collect();
        let (with, without) = (decide_system(true, &with).outcome, decide_system(true, &without).outcome);
        let item = cx.model.item(system.system);
        let initial = item.value("initial-class").and_then(|c| c.parse::<vocabulary::SafetyClass>().ok());
        match without.duties() {
            // A class at least as high as without external controls rests on none of them.
            Some(asked) if without > with && asked > recorded && initial != Some(asked) => {
                out.at_field(system.system, item, "class")
                    .arg("class", recorded.as_str())
                    .arg("initial", asked.as_str());
            }
            _ => out.saw(system.system, item),
        }
    }
}

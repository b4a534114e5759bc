//! See `class_without_rationale.md`.

use crate::prelude::*;
use model::class::Why;

rule!(CLASS_WITHOUT_RATIONALE, "class_without_rationale", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for system in cx.classes.systems() {
        let item = cx.model.item(system.system);
        match (system.why, system.recorded) {
            (Why::NoRationale, Some(class)) => {
                out.at_field(system.system, item, "class").arg("class", class.as_str());
            }
            (_, Some(_)) => out.saw(system.system, item),
            // Without a class the cause is another one: `class-not-recorded`.
            (_, None) => {}
        }
    }
}

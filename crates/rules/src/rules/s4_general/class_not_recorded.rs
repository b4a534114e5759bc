//! See `class_not_recorded.md`.

use crate::prelude::*;
use model::class::Why;

rule!(CLASS_NOT_RECORDED, "class_not_recorded", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for system in cx.classes.systems() {
        let item = cx.model.item(system.system);
        match system.why {
            Why::NotRecorded | Why::Unreadable => {
                out.at_field(system.system, item, "class");
            }
            _ => out.saw(system.system, item),
        }
    }
}

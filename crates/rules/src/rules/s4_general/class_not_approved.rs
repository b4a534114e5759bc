//! See `class_not_approved.md`.

use crate::prelude::*;
use model::class::Why;

rule!(CLASS_NOT_APPROVED, "class_not_approved", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for system in cx.classes.systems() {
        let item = cx.model.item(system.system);
        match (system.why, system.recorded) {
            (Why::NotApproved, Some(class)) => {
                let earlier = state.approvals.get(item.id.as_str()).is_some_and(|all| !all.is_empty());
                let why = if earlier { "an earlier text was approved" } else { "never approved" };
                out.at_field(system.system, item, "class").arg("class", class.as_str()).arg("why", why);
            }
            (Why::Recorded | Why::Declared, Some(_)) => out.saw(system.system, item),
            // Without class or rationale the cause is another one.
            _ => {}
        }
    }
}

//! See `class_too_low.md`.

use crate::prelude::*;
use crate::risk_class::situation;
use model::class::{Outcome, Situation, decide_system};

rule!(CLASS_TOO_LOW, "class_too_low", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without scales nothing can be computed; `risk.acceptable` is written where the plan has a matrix.
    if !cx.config.is_set("risk.acceptable") {
        return;
    }
    for (n, system) in cx.classes.systems().iter().enumerate() {
        let Some(recorded) = system.recorded else { continue };
        let situations: Vec<Situation> = cx
            .items_of(Kind::HazardousSituation)
            .filter(|(ix, _)| cx.systems.of_item(*ix).contains(&n))
            .map(|(ix, item)| situation(cx, ix, item))
            .collect();
        let decision = decide_system(true, &situations);
        let item = cx.model.item(system.system);
        match (decision.outcome, decision.outcome.duties()) {
            (Outcome::Undetermined, _) => {
                out.at_field(system.system, item, "class")
                    .arg("class", recorded.as_str())
                    .arg("outcome", "a case that only a person can decide")
                    .arg("row", format!("{:?}", decision.row));
            }
            (_, Some(computed)) if computed > recorded => {
                out.at_field(system.system, item, "class")
                    .arg("class", recorded.as_str())
                    .arg("outcome", format!("class {computed}"))
                    .arg("row", format!("{:?}", decision.row));
            }
            _ => out.saw(system.system, item),
        }
    }
}

//! See `class_too_low.md`.

use crate::prelude::*;
use model::class::{Contribution, Outcome, Severity, Situation, Unacceptable, decide_system};
use product::Injury;

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

/// What the documents say of one hazardous situation. Software contributes where a cause leads to it; the probability of
/// harm counts after controls outside the software, and the probability of the failure itself is taken as 1.
fn situation(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> Situation {
    let severity = item.value("severity");
    let injury = severity.as_deref().and_then(|s| cx.config.risk.injury(s));
    let probability = item.value("probability-after-external-controls").or_else(|| item.value("probability"));
    let acceptable = severity.as_deref().zip(probability.as_deref());
    Situation {
        contributes: if cx.model.sources(ix, LinkType::Causes).next().is_some() {
            Contribution::Yes
        } else {
            Contribution::Unknown
        },
        unacceptable: match acceptable.and_then(|(s, p)| cx.config.risk.is_acceptable(s, p)) {
            Some(true) => Unacceptable::No,
            Some(false) => Unacceptable::Yes,
            None => Unacceptable::Unknown,
        },
        severity: match injury {
            Some(Injury::None) => Severity::None,
            Some(Injury::NonSerious) => Severity::NonSerious,
            Some(Injury::Serious) => Severity::Serious,
            None => Severity::Unknown,
        },
    }
}

//! What the documents say of the class of a risk: the inputs of the decision table of 4.3 a, for the class of systems and
//! for that of items which carry a risk control (7.2.2 b).

use crate::prelude::*;
use model::class::{Contribution, Severity, Situation, Unacceptable};
use product::Injury;

/// What the documents say of one hazardous situation. Software contributes where a cause leads to it; the probability of
/// harm counts after controls outside the software, and the probability of the failure itself is taken as 1.
pub(crate) fn situation(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> Situation {
    judged(cx, ix, item, item.value(AFTER_EXTERNAL).or_else(|| item.value("probability")))
}

/// The same as if there were no control outside the software: for the initial class.
pub(crate) fn without_external_controls(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> Situation {
    judged(cx, ix, item, item.value("probability"))
}

const AFTER_EXTERNAL: &str = "probability-after-external-controls";

/// Whether a situation is acceptable only because of its probability after external controls.
pub(crate) fn rests_on_external_controls(cx: &Snapshot<'_>, item: &Item) -> bool {
    let Some(severity) = item.value("severity") else { return false };
    let acceptable = |key: &str| item.value(key).and_then(|p| cx.config.risk.is_acceptable(&severity, &p));
    cx.config.is_set("risk.acceptable")
        && acceptable(AFTER_EXTERNAL) == Some(true)
        && acceptable("probability") == Some(false)
}

/// The controls outside the software that control a situation or one of its causes.
pub(crate) fn external_controls(cx: &Snapshot<'_>, situation: ItemIx) -> Vec<ItemIx> {
    let causes = cx.model.sources(situation, LinkType::Causes).map(|(cause, _)| cause);
    let mut out: Vec<ItemIx> = std::iter::once(situation)
        .chain(causes)
        .flat_map(|ix| cx.model.sources(ix, LinkType::Controls).map(|(control, _)| control))
        .filter(|ix| cx.model.get(*ix).is_some_and(is_external))
        .collect();
    out.sort_unstable_by_key(|ix| ix.0);
    out.dedup();
    out
}

fn judged(
    cx: &Snapshot<'_>,
    ix: ItemIx,
    item: &Item,
    probability: Option<std::borrow::Cow<'_, str>>,
) -> Situation {
    let severity = item.value("severity");
    let injury = severity.as_deref().and_then(|s| cx.config.risk.injury(s));
    let acceptable = severity.as_deref().zip(probability.as_deref());
    Situation {
        contributes: match item.value("contributes").as_deref() {
            // That the software contributes nothing is said with a reason; a cause that leads here says otherwise.
            Some("no") if cx.model.sources(ix, LinkType::Causes).next().is_none() => Contribution::No,
            Some("yes") => Contribution::Yes,
            _ if cx.model.sources(ix, LinkType::Causes).next().is_some() => Contribution::Yes,
            _ => Contribution::Unknown,
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

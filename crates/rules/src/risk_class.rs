//! What the documents say of the class of a risk: the inputs of the decision table of 4.3 a, for the class of systems and
//! for that of items which carry a risk control (7.2.2 b).

use crate::prelude::*;
use model::class::{Contribution, Severity, Situation, Unacceptable};
use product::Injury;

/// What the documents say of one hazardous situation. Software contributes where a cause leads to it; the probability of
/// harm counts after controls outside the software, and the probability of the failure itself is taken as 1.
pub(crate) fn situation(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> Situation {
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

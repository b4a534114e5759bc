//! See `requirement_only_deferred.md`.

use super::{Tested, tested};
use crate::prelude::*;
use model::results::Outcome;

rule!(REQUIREMENT_ONLY_DEFERRED, "requirement_only_deferred", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let asked = [(Kind::SoftwareRequirement, "62304:5.7.4.a"), (Kind::RiskControl, "62304:7.3.1")];
    for (kind, clause) in asked {
        for (ix, item) in cx.items_of(kind) {
            let cases: Vec<&Item> =
                cx.model.sources(ix, LinkType::Verifies).filter_map(|(from, _)| cx.model.get(from)).collect();
            // A result that names the item itself is no deferred test.
            let direct = cx.results.is_some_and(|r| r.evidence(&item.id).is_some());
            if cases.is_empty() || direct || !cases.iter().all(|case| is_deferred(cx, case)) {
                continue;
            }
            let names: Vec<String> = cases.iter().map(|c| format!("`{}`", c.id)).collect();
            let report = out.at_item(ix, item);
            report.clause(clause).arg("kind", kind.plain()).arg("cases", names.join(", "));
            for case in cases {
                report.related(case.location(), "deferred");
            }
        }
    }
}

fn is_deferred(cx: &Snapshot<'_>, case: &Item) -> bool {
    let left_out = || {
        let (state, release) = cx.state.zip(cx.release.as_ref())?;
        state.deviations_for(release.version).any(|d| d.body.case == case.id).then_some(())
    };
    match tested(cx, case) {
        Tested::Here(evidence) => matches!(evidence.outcome(), Outcome::Skipped | Outcome::Blocked),
        Tested::Never | Tested::Elsewhere(_) => left_out().is_some(),
    }
}

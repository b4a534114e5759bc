//! See `control_not_exercised.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::has_passed;

rule!(CONTROL_NOT_EXERCISED, "control_not_exercised", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.results.is_none_or(|r| r.runs.is_empty()) {
        return;
    }
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        let requirements = cx.model.sources(ix, LinkType::Implements).map(|(from, _)| from);
        let verified = std::iter::once(ix).chain(requirements);
        let cases: Vec<&Item> = verified
            .flat_map(|v| cx.model.sources(v, LinkType::Verifies))
            .filter_map(|(from, _)| cx.model.get(from))
            .collect();
        if cases.is_empty() {
            // `control-without-verification`, or a result that names the control itself.
            continue;
        }
        if cases.iter().any(|case| has_passed(cx, case)) {
            out.saw(ix, item);
        } else {
            let mut names: Vec<String> = cases.iter().map(|c| format!("`{}`", c.id)).collect();
            names.sort_unstable();
            names.dedup();
            out.at_item(ix, item).arg("cases", names.join(", "));
        }
    }
}

//! See `threat_not_tested.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::has_passed;

rule!(THREAT_NOT_TESTED, "threat_not_tested", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Threat) {
        let mitigations = || cx.model.sources(ix, LinkType::Mitigates).map(|(from, _)| from);
        if passed(cx, ix, item)
            || mitigations().any(|m| passed(cx, m, cx.model.item(m)))
            || reported(cx, item)
        {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

/// Whether a test of an item, or of a requirement that implements it, has passed on this software.
fn passed(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> bool {
    let cases = |ix| cx.model.sources(ix, LinkType::Verifies).map(|(from, _)| from);
    has_passed(cx, item)
        || cases(ix).any(|case| has_passed(cx, cx.model.item(case)))
        || cx.model.sources(ix, LinkType::Implements).any(|(from, _)| {
            has_passed(cx, cx.model.item(from)) || cases(from).any(|case| has_passed(cx, cx.model.item(case)))
        })
}

/// Whether a security test of this software names the threat and left nothing open.
fn reported(cx: &Snapshot<'_>, item: &Item) -> bool {
    let Some((state, software)) = cx.state.zip(cx.software) else { return false };
    let tests = state.security.tests_of(software);
    tests.iter().any(|t| t.body.verifies.contains(&item.id) && super::open_results(state, &t.body).is_empty())
}

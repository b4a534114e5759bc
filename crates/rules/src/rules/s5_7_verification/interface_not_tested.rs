//! See `interface_not_tested.md`.

use super::{Level, level};
use crate::prelude::*;

rule!(INTERFACE_NOT_TESTED, "interface_not_tested", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any integration test the cause is another one: `no-integration-test`.
    if !cx.items_of(Kind::TestCase).any(|(_, case)| level(case) == Level::Integration) {
        return;
    }
    for (ix, item) in cx.items_of(Kind::Interface) {
        let mut cases = cx.model.sources(ix, LinkType::Verifies).filter_map(|(from, _)| cx.model.get(from));
        let by_result = || cx.results.is_some_and(|r| r.evidence(&item.id).is_some());
        // Tests of the integrated items and of the whole system may be combined; tests of a unit alone cross nothing.
        if cases.any(|case| level(case) != Level::Unit) || by_result() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

//! See `test_verifies_nothing.md`.

use crate::prelude::*;

rule!(TEST_VERIFIES_NOTHING, "test_verifies_nothing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::TestCase) {
        if !item.links.iter().any(|l| l.kind == LinkType::Verifies) {
            out.at_item(ix, item);
        }
    }
}

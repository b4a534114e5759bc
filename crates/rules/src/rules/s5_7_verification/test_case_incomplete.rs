//! See `test_case_incomplete.md`.

use crate::prelude::*;

rule!(TEST_CASE_INCOMPLETE, "test_case_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::TestCase) {
        // An automated case is its own procedure; one that says nothing at all is an empty item.
        if item.field("results").is_some() || (item.fields.is_empty() && item.text().trim().is_empty()) {
            continue;
        }
        let what = match (has_part(item, "steps"), has_part(item, "expected")) {
            (true, true) => continue,
            (false, true) => "steps",
            (true, false) => "expected result",
            // A result joined by a comment or property of the source makes it automated too.
            (false, false) if cx.results.is_some_and(|r| r.evidence(&item.id).is_some()) => continue,
            (false, false) => "steps and expected result",
        };
        out.at_item(ix, item).arg("what", what);
    }
}

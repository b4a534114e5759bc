//! See `legacy_without_system_tests.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::has_system_test_result;

rule!(LEGACY_WITHOUT_SYSTEM_TESTS, "legacy_without_system_tests", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let tested = has_system_test_result(cx);
    for (ix, item) in cx.items_of(Kind::SoftwareSystem) {
        if item.value("legacy").is_some_and(|v| v.eq_ignore_ascii_case("yes")) {
            if tested {
                out.saw(ix, item);
            } else {
                out.at_field(ix, item, "legacy");
            }
        }
    }
}

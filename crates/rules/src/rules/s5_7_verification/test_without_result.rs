//! See `test_without_result.md`.

use super::{Tested, clause_of_records, planned, tested};
use crate::prelude::*;

rule!(TEST_WITHOUT_RESULT, "test_without_result", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in planned(cx) {
        if matches!(tested(cx, item), Tested::Never) {
            let records = clause_of_records(item);
            let found = out.at_item(ix, item).clause(records);
            if records == "62304:5.7.5" {
                // A system test that was never run leaves its requirement untested, not only its record missing.
                found.clause("62304:5.7.4");
            }
            found.clause("62304:5.8.1");
        }
    }
}

//! See `test_without_result.md`.

use super::{Tested, clause_of_records, planned, tested};
use crate::prelude::*;

rule!(TEST_WITHOUT_RESULT, "test_without_result", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in planned(cx) {
        if matches!(tested(cx, item), Tested::Never) {
            out.at_item(ix, item).clause(clause_of_records(item)).clause("62304:5.8.1");
        }
    }
}

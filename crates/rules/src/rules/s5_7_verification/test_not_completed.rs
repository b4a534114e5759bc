//! See `test_not_completed.md`.

use super::test_failed::full_name;
use super::{Tested, clause_of_results, planned, tested};
use crate::prelude::*;
use model::results::Outcome;

rule!(TEST_NOT_COMPLETED, "test_not_completed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in planned(cx) {
        let Tested::Here(evidence) = tested(cx, item) else { continue };
        let outcome = evidence.outcome();
        if !matches!(outcome, Outcome::Skipped | Outcome::Blocked) {
            continue;
        }
        let report = out.at_item(ix, item).arg("outcome", outcome.as_str());
        report.clause(clause_of_results(item)).clause("62304:5.8.1");
        if let Some((run, result)) = cx.results.and_then(|r| r.result(evidence.deciding)) {
            report.arg("test", full_name(result.class, result.name)).arg("run", run.id.clone());
        }
    }
}

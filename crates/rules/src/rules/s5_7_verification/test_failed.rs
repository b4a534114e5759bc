//! See `test_failed.md`.

use super::{Tested, clause_of_results, planned, tested};
use crate::prelude::*;
use model::results::Outcome;

rule!(TEST_FAILED, "test_failed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in planned(cx) {
        let Tested::Here(evidence) = tested(cx, item) else { continue };
        let outcome = evidence.outcome();
        if outcome == Outcome::Passed {
            out.saw_for(clause_of_results(item), ix, item);
            out.saw_for("62304:5.8.1", ix, item);
        }
        if !outcome.is_failure() {
            continue;
        }
        let said = if outcome == Outcome::Errored { "ended in an error" } else { "failed" };
        let report = out.at_item(ix, item).arg("outcome", said);
        report.clause(clause_of_results(item)).clause("62304:5.8.1");
        if let Some((run, result)) = cx.results.and_then(|r| r.result(evidence.deciding)) {
            report.arg("test", full_name(result.class, result.name)).arg("run", run.id.clone());
            if !result.message.is_empty() {
                report.note(result.message);
            }
        }
    }
}

pub(super) fn full_name(class: &str, name: &str) -> String {
    if class.is_empty() { name.to_owned() } else { format!("{class}::{name}") }
}

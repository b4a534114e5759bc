//! See `change_not_retested.md`.

use super::{Tested, tested};
use crate::prelude::*;
use records::state::Change;

rule!(CHANGE_NOT_RETESTED, "change_not_retested", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut retested = 0;
    // What an earlier baseline carries was tested for it; the commits since then say which changes are new.
    let new = |id: &str| cx.history.is_none_or(|h| h.of_change(id).next().is_some());
    let implemented = state.changes.iter().filter(|(id, c)| !c.implementations.is_empty() && new(id));
    for (id, change) in implemented {
        let old = not_run_again(cx, change);
        if old.is_empty() {
            retested += 1;
        } else if let Some(last) = change.implementations.last() {
            out.at_entry(last.meta.seq, id).arg("cases", old.join(", "));
        }
    }
    let has_results = cx.results.is_some_and(|r| !r.runs.is_empty());
    if has_results && out.reports.is_empty() {
        out.saw_text(format!(
            "{retested} implemented changes, the tests of what they affect run on the present software"
        ));
    }
}

/// The cases that verify what a change affects and have results on other software only, but for those that a signed selection
/// leaves out for a reason.
fn not_run_again(cx: &Snapshot<'_>, change: &Change) -> Vec<String> {
    let affected = change.affects().into_iter().filter_map(|id| cx.model.find(id.as_str()));
    let cases = affected.flat_map(|ix| {
        let verifying = cx.model.sources(ix, LinkType::Verifies).map(|(from, _)| from);
        verifying.chain(cx.is(ix, Kind::TestCase).then_some(ix))
    });
    let left_out =
        |case: &Item| change.regressions.last().is_some_and(|r| r.body.left_out.contains(&case.id));
    let mut old: Vec<String> = cases
        .filter_map(|ix| cx.model.get(ix))
        .filter(|case| !left_out(case))
        .filter(|case| matches!(tested(cx, case), Tested::Elsewhere(_)))
        .map(|case| format!("`{}`", case.id))
        .collect();
    old.sort_unstable();
    old.dedup();
    old
}

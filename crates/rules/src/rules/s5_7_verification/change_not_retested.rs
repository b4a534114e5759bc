//! See `change_not_retested.md`.

use super::{Tested, tested};
use crate::prelude::*;
use records::state::Change;

rule!(CHANGE_NOT_RETESTED, "change_not_retested", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut retested = 0;
    let implemented = state.changes.iter().filter(|(_, c)| !c.implementations.is_empty());
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

/// The cases that verify what a change affects and have results on other software only.
fn not_run_again(cx: &Snapshot<'_>, change: &Change) -> Vec<String> {
    let affected = change.opened.body.affects.iter().filter_map(|id| cx.model.find(id.as_str()));
    let cases = affected.flat_map(|ix| {
        let verifying = cx.model.sources(ix, LinkType::Verifies).map(|(from, _)| from);
        verifying.chain(cx.is(ix, Kind::TestCase).then_some(ix))
    });
    let mut old: Vec<String> = cases
        .filter_map(|ix| cx.model.get(ix))
        .filter(|case| matches!(tested(cx, case), Tested::Elsewhere(_)))
        .map(|case| format!("`{}`", case.id))
        .collect();
    old.sort_unstable();
    old.dedup();
    old
}

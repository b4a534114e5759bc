//! See `regression_test_not_run.md`.

use crate::prelude::*;
use records::ChangeRegress;
use vocabulary::ItemId;

rule!(REGRESSION_TEST_NOT_RUN, "regression_test_not_run", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let Some(results) = cx.results else { return };
    let mut run = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        let Some(selection) = change.regressions.last() else { continue };
        let last = history.of_change(id).filter(|c| !c.touches.is_empty()).filter_map(|c| c.observed).max();
        let Some(last) = last else { continue };
        out.saw_text(selected(id, &selection.body));
        for test in &selection.body.tests {
            let after = results.items.get(test).is_some_and(|evidence| {
                evidence.by_software.iter().flat_map(|s| &s.results).any(|place| {
                    let run = usize::try_from(place.run).ok().and_then(|n| results.runs.get(n));
                    run.is_some_and(|r| r.facts.position > last)
                })
            });
            if after {
                run += 1;
            } else {
                out.at_entry(selection.meta.seq, id).arg("test", test.to_string());
            }
        }
    }
    if run > 0 {
        out.saw_text(format!("{run} selected regression tests with a result after their change"));
    }
}

/// The selection against what the impact analysis named: the reader judges the reason, and has to see what it answers for.
fn selected(change: &str, selection: &ChangeRegress) -> String {
    let names = |tests: &[ItemId]| tests.iter().map(ItemId::as_str).collect::<Vec<_>>().join(", ");
    let reason = &selection.reason;
    match selection.left_out.as_slice() {
        [] => format!("{change} runs again {}: all that its impact analysis names", names(&selection.tests)),
        out => format!(
            "{change} runs again {} and leaves out {} of its impact analysis: {reason}",
            names(&selection.tests),
            names(out)
        ),
    }
}

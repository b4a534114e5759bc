//! See `verified_before_control.md`.

use super::counting_runs;
use crate::prelude::*;

rule!(VERIFIED_BEFORE_CONTROL, "verified_before_control", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let (mut bound, mut unordered) = (0_usize, 0_usize);
    for run in counting_runs(cx) {
        // A run that only a report shows is no record; `test-without-result` and `uploaded-result` say so.
        let Some(record) = state.runs.get(&run.id) else { continue };
        match record.context().commit.as_deref().filter(|c| !c.is_empty()) {
            None => {
                out.at_entry(record.meta().seq, &run.id).arg("why", "it names no commit");
            }
            Some(commit) => {
                bound += 1;
                let observed = state.observed.get(commit).map(|m| m.meta.seq);
                unordered += usize::from(observed.is_none_or(|seq| seq > record.meta().seq));
            }
        }
    }
    if bound > 0 {
        let order = match unordered {
            0 => "each first observed before the run".to_owned(),
            n => format!(
                "the order of {n} of them is given by git alone: the ledger observed the commit later or not yet"
            ),
        };
        out.saw_text(format!("{bound} runs, each on a commit; {order}"));
    }
}

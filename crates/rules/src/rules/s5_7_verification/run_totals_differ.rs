//! See `run_totals_differ.md`.

use crate::prelude::*;
use model::results::{Counts, Outcome};
use records::RunSummary;
use records::state::Run;

rule!(RUN_TOTALS_DIFFER, "run_totals_differ", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(results), Some(state)) = (cx.results, cx.state) else { return };
    let mut counted = 0_usize;
    for run in &results.runs {
        let Some(Run::Imported(record)) = state.runs.get(&run.facts.id) else { continue };
        let (stated, shown) = (&record.body.summary, summary(&run.results.counts()));
        if *stated == shown {
            counted += 1;
        } else {
            out.at_entry(record.meta.seq, &run.facts.id)
                .arg("stated", words(stated))
                .arg("shown", words(&shown));
        }
    }
    if counted > 0 {
        out.saw_text_for("62304:5.7.5", format!("{counted} reports, each counted again from its cases"));
    }
}

fn summary(counts: &Counts) -> RunSummary {
    let n = |o| counts.of(o) as u64;
    RunSummary {
        total: counts.total() as u64,
        passed: n(Outcome::Passed),
        failed: n(Outcome::Failed) + n(Outcome::Errored),
        skipped: n(Outcome::Skipped) + n(Outcome::Blocked),
    }
}

fn words(s: &RunSummary) -> String {
    format!("{} cases ({} passed, {} failed, {} skipped)", s.total, s.passed, s.failed, s.skipped)
}

//! See `failure_not_reported.md`.

use super::{Level, here, level};
use crate::prelude::*;
use model::results::ResultRef;
use records::State;
use records::state::Run;

rule!(FAILURE_NOT_REPORTED, "failure_not_reported", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(results), Some(state)) = (cx.results, cx.state) else { return };
    let mut looked_at = [0_usize; 2];
    for (ix, item) in cx.items_of(Kind::TestCase) {
        let (clause, slot) = match level(item) {
            Level::Unit => continue,
            Level::Integration => ("62304:5.6.8", 0),
            Level::System => ("62304:5.7.2", 1),
        };
        let Some(evidence) = results.evidence(&item.id).and_then(|e| here(cx, e)) else { continue };
        if let Some(n) = looked_at.get_mut(slot) {
            *n += evidence.results.len();
        }
        let failed = |r: &&ResultRef| results.result(**r).is_some_and(|(_, t)| t.outcome.is_failure());
        for place in evidence.results.iter().filter(failed) {
            let Some((run, _)) = results.result(*place) else { continue };
            if !is_reported(cx, state, ix, item, &run.id) {
                out.at_item(ix, item).clause(clause).arg("run", run.id.clone());
                break;
            }
        }
    }
    let seen = [("62304:5.6.8", "integration"), ("62304:5.7.2", "system")].into_iter().zip(looked_at);
    for ((clause, level), n) in seen.filter(|(_, n)| *n > 0) {
        out.saw_text_for(
            clause,
            format!("{n} results of {level} tests, each failure among them in a problem report"),
        );
    }
}

/// Whether an anomaly belongs to a failure of this case in this run.
fn is_reported(cx: &Snapshot<'_>, state: &State, ix: ItemIx, case: &Item, run: &str) -> bool {
    let verified: Vec<&str> = cx
        .model
        .targets(ix, LinkType::Verifies)
        .filter_map(|(to, _)| Some(cx.model.get(to)?.id.as_str()))
        .collect();
    let opened_from_step = || match state.runs.get(run) {
        Some(Run::Executed(r)) => r.body.cases.iter().any(|c| c.case == case.id && c.anomaly.is_some()),
        _ => false,
    };
    let about = |text: &str| text.contains(case.id.as_str()) || text.contains(run);
    opened_from_step()
        || state.anomalies.values().any(|a| {
            let report = &a.report.body;
            report.affects.iter().any(|i| *i == case.id || verified.contains(&i.as_str()))
                || about(&report.found)
                || about(&report.reproduction)
                || about(&report.description)
        })
        || state
            .deviations
            .iter()
            .any(|d| d.body.case == case.id && state.anomalies.contains_key(&d.body.anomaly))
}

//! See `results_not_evaluated.md`.

use super::judged;
use crate::evaluations::{newest_of, objection};
use crate::prelude::*;
use crate::rules::s5_7_verification::counting_runs;

rule!(RESULTS_NOT_EVALUATED, "results_not_evaluated", check);

const CLAUSE: &str = "62304:5.8.1";

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let newest_run = counting_runs(cx).map(|run| run.position).max();
    let evaluated = match by_record(cx, release.version, newest_run) {
        Ok(said) => Ok(said),
        Err(why) => by_document(cx, newest_run).ok_or(why),
    };
    match evaluated {
        Ok(said) => out.saw_text(said),
        Err(why) => {
            let opened = release.release.candidate().map_or(0, |c| c.meta.seq);
            out.at_entry(opened, release.version).arg("release", release.version.to_owned()).arg("why", why);
        }
    }
}

/// The evaluation record for the release, in words, or why none counts.
fn by_record(cx: &Snapshot<'_>, version: &str, newest_run: Option<u64>) -> Result<String, String> {
    let Some(e) = newest_of(cx, CLAUSE, version) else { return Err("no evaluation is recorded".to_owned()) };
    if newest_run.is_some_and(|run| e.meta.seq < run) {
        return Err(format!("results came in after the evaluation in entry {}", e.meta.seq));
    }
    match objection(cx, &e.body) {
        Some(why) => Err(why),
        None => Ok(format!("results evaluated by {} in entry {}", cx.signer(&e.meta), e.meta.seq)),
    }
}

/// The approval of a document that is filed under the clause, in words.
fn by_document(cx: &Snapshot<'_>, newest_run: Option<u64>) -> Option<String> {
    let filed = cx.documents.controlled.iter().filter(|d| d.front.clauses.iter().any(|c| c == CLAUSE));
    for document in filed {
        let mut approvals = cx.state?.approvals_of(document.id.as_str(), document.digest);
        if let Some(a) = approvals.find(|a| newest_run.is_none_or(|run| a.meta.seq >= run)) {
            return Some(format!(
                "{} approved by {} in entry {}",
                document.id,
                cx.signer(&a.meta),
                a.meta.seq
            ));
        }
    }
    None
}

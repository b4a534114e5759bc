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
    let why = match newest_of(cx, CLAUSE, release.version) {
        None => Some("no evaluation is recorded".to_owned()),
        Some(e) if newest_run.is_some_and(|run| e.meta.seq < run) => {
            Some(format!("results came in after the evaluation in entry {}", e.meta.seq))
        }
        Some(e) => {
            let why = objection(cx, &e.body);
            if why.is_none() {
                out.saw_text(format!("results evaluated by {} in entry {}", cx.signer(&e.meta), e.meta.seq));
            }
            why
        }
    };
    if let Some(why) = why {
        let opened = release.release.candidate().map_or(0, |c| c.meta.seq);
        out.at_entry(opened, release.version).arg("release", release.version.to_owned()).arg("why", why);
    }
}

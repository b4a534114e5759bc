//! See `commit_before_approval.md`.

use crate::prelude::*;
use diagnostics::Location;
use model::history::short;

rule!(COMMIT_BEFORE_APPROVAL, "commit_before_approval", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, history)) = cx.state.zip(cx.history) else { return };
    let mut in_order = 0;
    for commit in history.commits.iter().filter(|c| !c.touches.is_empty()) {
        for id in commit.changes.keys() {
            let Some(change) = state.changes.get(id) else { continue };
            let approved = change.approvals.first().map(|a| a.meta.seq);
            let when = match (approved, commit.observed) {
                (None, _) => "without any approval of it",
                (Some(a), Some(seen)) if seen < a => "before it was approved",
                (Some(_), _) => {
                    in_order += 1;
                    continue;
                }
            };
            let report = out.at(Location::record(commit.id.clone()));
            report.about(short(&commit.id).to_owned());
            report.arg("change", id.clone()).arg("when", when);
        }
    }
    if in_order > 0 {
        out.saw_text_for(
            "62304:8.2.1",
            format!("{in_order} commits seen after the approval of their change"),
        );
    }
}

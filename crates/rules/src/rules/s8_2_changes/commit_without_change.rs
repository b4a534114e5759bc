//! See `commit_without_change.md`.

use crate::prelude::*;
use diagnostics::Location;
use model::history::short;

rule!(COMMIT_WITHOUT_CHANGE, "commit_without_change", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(history) = cx.history else { return };
    if let Some(why) = &history.missing {
        let report = out.at(cx.whole_product());
        report.about(short(&history.from).to_owned());
        report.arg("summary", format!("release {}", history.baseline)).arg("what", why.clone());
        return;
    }
    let mut covered = 0;
    for commit in history.commits.iter().filter(|c| !c.touches.is_empty()) {
        if !commit.changes.is_empty() {
            covered += 1;
            continue;
        }
        let first = commit.touches.first().map_or("", String::as_str);
        let what = match commit.touches.len() {
            1 => format!("`{first}`"),
            n => format!("`{first}` and {} more", n - 1),
        };
        let report = out.at(Location::record(commit.id.clone()));
        report.about(short(&commit.id).to_owned());
        report.arg("summary", commit.summary.clone()).arg("what", what);
        for id in &commit.unknown {
            report.note(format!("its message names `{id}`, which is no change request"));
        }
    }
    if covered > 0 {
        out.saw_text_for(
            "62304:8.2.1",
            format!("{covered} commits since {}, each under a change request", history.baseline),
        );
    }
}

//! See `release_not_scanned.md`.

use super::in_scope;
use crate::prelude::*;

rule!(RELEASE_NOT_SCANNED, "release_not_scanned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(release)) = (cx.state, &cx.release) else { return };
    let in_force = state.security.datasets_in_force();
    let Some(newest) = in_force.values().map(|d| d.meta.seq).max() else {
        // That nothing is known at all is `no-component-known`.
        if in_scope(cx) && cx.has_third_party() {
            let opened = release.release.candidate().map_or(0, |o| o.meta.seq);
            let what = "were never looked up: no data set of advisories was brought in";
            out.at_entry(opened, release.version).arg("what", what);
        }
        return;
    };
    let Some(scan) = state.security.last_scan(Some(release.version)) else {
        out.at_entry(newest, release.version).arg("what", "were never looked up in the data sets in force");
        return;
    };
    let commit = release.release.candidate().and_then(|o| o.body.commits.first()).map(|c| c.commit.as_str());
    let age = cx.as_of.days_since(scan.meta.at.date_utc());
    let missed = in_force.values().find(|d| {
        let pinned = |p: &records::PinnedSet| p.name == d.body.name && p.digest == d.body.digest;
        !scan.body.datasets.iter().any(pinned)
    });
    let what = if let (Some(commit), Some(scanned)) = (commit, scan.body.commit.as_deref())
        && commit != scanned
    {
        format!("were looked up at commit {scanned}, and the release is {commit}")
    } else if age > i64::from(cx.config.advisories.scan_days) {
        format!("were looked up {age} days ago")
    } else if let Some(d) = missed {
        format!("were not looked up in `{}` of {}", d.body.name, d.body.date)
    } else {
        out.saw_text(format!("{}, {} components", scan.body.scan, scan.body.components));
        return;
    };
    out.at_entry(scan.meta.seq, release.version).arg("what", what);
}

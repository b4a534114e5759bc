//! See `release_not_staged.md`.

use super::judged;
use crate::prelude::*;

rule!(RELEASE_NOT_STAGED, "release_not_staged", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    match release.release.stage() {
        Some(stage) => {
            out.saw_text(format!("stage {} of candidate {}", stage.body.stage.short(), stage.body.candidate))
        }
        None => {
            let opened = release.release.candidate().map_or(0, |c| c.meta.seq);
            out.at_entry(opened, release.version).arg("release", release.version.to_owned());
        }
    }
}

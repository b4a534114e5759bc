//! See `rebuild_not_identical.md`.

use super::judged;
use crate::prelude::*;
use records::RebuildOutcome;

rule!(REBUILD_NOT_IDENTICAL, "rebuild_not_identical", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    // Without a stage the cause is another one: `release-not-staged`.
    let Some(stage) = release.release.stage() else { return };
    let outcome = match stage.body.rebuild {
        RebuildOutcome::Identical => {
            out.saw_text("rebuilt from the stage alone, byte for byte");
            return;
        }
        RebuildOutcome::Different if !cx.profile.identical_rebuild => {
            out.saw_text("rebuilt from the stage alone, with differences that are on record");
            return;
        }
        RebuildOutcome::Different => "gave other bytes",
        RebuildOutcome::Failed => "failed",
    };
    out.at_entry(stage.meta.seq, release.version)
        .arg("release", release.version.to_owned())
        .arg("outcome", outcome);
}

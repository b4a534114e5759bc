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
            out.saw_text(match &stage.body.runner {
                None => "rebuilt from the stage alone, byte for byte".to_owned(),
                Some(r) => format!("not self-contained: {} built it twice, byte for byte the same", r.name),
            });
            return;
        }
        RebuildOutcome::Different if !cx.profile.identical_rebuild => {
            out.saw_text("rebuilt from the stage alone, with differences that are on record");
            return;
        }
        RebuildOutcome::NotRepeated if !cx.profile.identical_rebuild => {
            out.saw_text("not self-contained: built once by an external runner, which attests it");
            return;
        }
        RebuildOutcome::NotRepeated => "was not made: the external runner built once",
        RebuildOutcome::Different => "gave other bytes",
        RebuildOutcome::Failed => "failed",
    };
    out.at_entry(stage.meta.seq, release.version)
        .arg("release", release.version.to_owned())
        .arg("outcome", outcome);
}

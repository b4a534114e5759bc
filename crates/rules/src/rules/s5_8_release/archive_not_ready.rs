//! See `archive_not_ready.md`.

use super::judged;
use crate::prelude::*;
use crate::snapshot::ArchiveReadiness;

rule!(ARCHIVE_NOT_READY, "archive_not_ready", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let place = || cx.config.place(if cx.config.is_set("archive") { "archive" } else { "product" });
    match &release.archive {
        ArchiveReadiness::Ready { destination } => out.saw_text(format!("archive {destination}")),
        ArchiveReadiness::NotReady { why } => {
            out.at(place())
                .about(release.version)
                .arg("release", release.version.to_owned())
                .arg("why", why.clone());
            return;
        }
    }
    if cx.profile.second_copy && cx.config.archive.mirror.is_none() {
        out.at(place())
            .about(release.version)
            .arg("release", release.version.to_owned())
            .arg("why", "there is no second copy, and this one can be deleted by its administrator");
    }
}

//! See `release_not_tagged.md`.

use super::judged;
use crate::prelude::*;
use crate::snapshot::TagStanding;

rule!(RELEASE_NOT_TAGGED, "release_not_tagged", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let Some(opened) = release.release.candidate() else { return };
    let Some(tag) = cx.tags.iter().find(|t| t.version == release.version) else { return };
    match &tag.standing {
        TagStanding::Signed { key_id } => {
            out.saw_text(format!("tag {} on the frozen commit, signed with {key_id}", tag.tag));
        }
        // Another cause: `release-tag-moved`.
        TagStanding::Moved { .. } => {}
        TagStanding::NotSigned { why } => {
            let commit = opened.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
            out.at_entry(opened.meta.seq, release.version)
                .arg("release", release.version.to_owned())
                .arg("tag", tag.tag.clone())
                .arg("commit", commit)
                .arg("why", why.clone());
        }
    }
}

//! See `no_component_known.md`.

use super::judged;
use crate::prelude::*;

rule!(NO_COMPONENT_KNOWN, "no_component_known", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    let Some(opened) = release.release.candidate() else { return };
    // What is known is looked at by the rules about SOUP.
    if cx.has_third_party() {
        return;
    }
    match state.soup_none.iter().rev().find(|s| s.body.software == opened.body.software) {
        Some(stated) => out.saw_text(format!(
            "no third-party component, stated by {} in entry {}: {}",
            cx.signer(&stated.meta),
            stated.meta.seq,
            stated.body.reason
        )),
        None => {
            let commit = opened.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
            out.at_entry(opened.meta.seq, release.version)
                .arg("release", release.version.to_owned())
                .arg("commit", commit);
        }
    }
}

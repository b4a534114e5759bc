//! See `no_component_known.md`.

use super::judged;
use crate::prelude::*;
use model::components::ComponentKind;

rule!(NO_COMPONENT_KNOWN, "no_component_known", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    let Some(opened) = release.release.candidate() else { return };
    let is_shipped = |kind| matches!(kind, ComponentKind::Direct | ComponentKind::Transitive);
    let components = cx.components.map(|g| g.components()).unwrap_or_default();
    // What is known is looked at by the rules about SOUP.
    if components.iter().any(|c| is_shipped(c.kind)) || cx.items_of(Kind::Soup).next().is_some() {
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

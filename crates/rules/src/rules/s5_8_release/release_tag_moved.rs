//! See `release_tag_moved.md`.

use crate::prelude::*;
use crate::snapshot::TagStanding;

rule!(RELEASE_TAG_MOVED, "release_tag_moved", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for tag in cx.tags {
        let TagStanding::Moved { now, frozen } = &tag.standing else { continue };
        let opened = state.releases.get(&tag.version).and_then(|r| r.candidate()).map_or(0, |c| c.meta.seq);
        out.at_entry(opened, &tag.version)
            .arg("release", tag.version.clone())
            .arg("tag", tag.tag.clone())
            .arg("now", now.clone())
            .arg("frozen", frozen.clone());
    }
}

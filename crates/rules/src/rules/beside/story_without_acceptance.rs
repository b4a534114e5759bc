//! See `story_without_acceptance.md`.

use super::words_in;
use crate::prelude::*;
use crate::rules::s5_7_verification::is_verified;

rule!(STORY_WITHOUT_ACCEPTANCE, "story_without_acceptance", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let stories = cx.items_of(Kind::SoftwareRequirement).filter(|(_, i)| i.field("story").is_some());
    let mut any = false;
    for (ix, item) in stories {
        any = true;
        let mut missing = Vec::new();
        if words_in(item, "acceptance") < 4 && !has_part(item, "acceptance criteria") {
            missing.push("has no acceptance criteria");
        }
        let links = |kind| cx.model.targets(ix, kind).next().is_some();
        if !links(LinkType::Satisfies) && !links(LinkType::Implements) && words_in(item, "source") == 0 {
            missing.push("traces to no source");
        }
        if !is_verified(cx, ix, item) {
            missing.push("is verified by nothing");
        }
        if missing.is_empty() {
            out.saw(ix, item);
        } else {
            let story = item.values("story").join(", ");
            out.at_item(ix, item).arg("story", story).arg("why", missing.join(", "));
        }
    }
    if !any {
        out.saw_text("no requirement names a story that it comes from");
    }
}

//! See `cause_without_control.md`.

use crate::prelude::*;

rule!(CAUSE_WITHOUT_CONTROL, "cause_without_control", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let controlled = |ix| cx.model.sources(ix, LinkType::Controls).next().is_some();
    for (ix, item) in cx.items_of(Kind::Cause) {
        let mut situations = cx.model.targets(ix, LinkType::Causes);
        if controlled(ix) || situations.any(|(situation, _)| controlled(situation)) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

//! See `duplicate_id.md`.

use crate::prelude::*;

rule!(DUPLICATE_ID, "duplicate_id", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for duplicate in cx.model.duplicates() {
        let (first, again) = (cx.model.item(duplicate.first), cx.model.item(duplicate.again));
        out.at_item(duplicate.again, again).related(first.location(), "first used here");
    }
    for (ix, item) in cx.model.enumerate() {
        out.saw_for("62304:8.1.1", ix, item);
    }
}

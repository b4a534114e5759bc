//! See `done_not_defined.md`.

use crate::agile::{LAYERS, done};
use crate::prelude::*;

rule!(DONE_NOT_DEFINED, "done_not_defined", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let open = |layer: &&str| done(&cx.stated, layer).is_empty();
    let missing: Vec<&str> = LAYERS.iter().copied().filter(|l| open(l)).collect();
    if missing.is_empty() {
        out.saw_text("story, increment and release each have a definition of done");
        return;
    }
    let place = cx.stated.places("definition-of-done").first().map(|p| p.location());
    out.at(place.unwrap_or_else(|| cx.whole_product()))
        .about(cx.config.product.name.clone())
        .arg("missing", missing.join(", "));
}

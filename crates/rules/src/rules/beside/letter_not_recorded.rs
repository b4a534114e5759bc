//! See `letter_not_recorded.md`.

use super::in_america;
use crate::prelude::*;

rule!(LETTER_NOT_RECORDED, "letter_not_recorded", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    if !in_america(cx) {
        out.saw_text("not placed on the market of the United States");
        return;
    }
    let signed = state.approvals.values().flatten().any(|a| a.meta.signer.is_some());
    match state.letters.first() {
        Some(letter) => out.saw_text(format!("letter recorded in entry {}", letter.meta.seq)),
        None if signed => {
            out.at(cx.whole_product()).about(cx.config.product.name.clone());
        }
        None => out.saw_text("nothing is signed yet"),
    }
}

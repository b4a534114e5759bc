//! See `signing_key_without_custody.md`.

use crate::prelude::*;

rule!(SIGNING_KEY_WITHOUT_CUSTODY, "signing_key_without_custody", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let delivery = &cx.config.delivery;
    for name in delivery.keys.keys() {
        match delivery.custody.get(name).filter(|c| c.split_whitespace().count() >= 2) {
            Some(custody) => out.saw_text(format!("{name}: {custody}")),
            None => {
                out.at(cx.config.place(&format!("delivery.keys.{name}"))).about(name.clone());
            }
        }
    }
}

//! See `no_software_system.md`.

use crate::prelude::*;

rule!(NO_SOFTWARE_SYSTEM, "no_software_system", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.model.of_kind(Kind::SoftwareSystem).is_empty() {
        out.at(cx.config.place("product")).about(cx.config.product.name.clone());
    }
}

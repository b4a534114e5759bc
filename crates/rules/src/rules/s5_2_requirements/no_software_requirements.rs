//! See `no_software_requirements.md`.

use crate::prelude::*;

rule!(NO_SOFTWARE_REQUIREMENTS, "no_software_requirements", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.model.of_kind(Kind::SoftwareRequirement).is_empty() {
        out.at(cx.whole_product()).about(cx.config.product.name.clone());
    }
    for (ix, item) in cx.items_of(Kind::SoftwareRequirement) {
        out.saw(ix, item);
    }
}

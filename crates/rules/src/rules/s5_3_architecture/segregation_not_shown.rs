//! See `segregation_not_shown.md`.

use crate::prelude::*;

rule!(SEGREGATION_NOT_SHOWN, "segregation_not_shown", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem) {
        let Some(others) = item.value("segregated-from").filter(|v| !v.is_empty()) else { continue };
        if has_part(item, "rationale") {
            out.saw(ix, item);
        } else {
            out.at_field(ix, item, "segregated-from").arg("others", others.into_owned());
        }
    }
}

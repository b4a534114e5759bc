//! See `soup_not_shipped.md`.

use super::Register;
use crate::prelude::*;

rule!(SOUP_NOT_SHIPPED, "soup_not_shipped", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any component nothing can be compared.
    if cx.components.is_none_or(|g| g.is_empty()) {
        return;
    }
    let register = Register::new(cx);
    for (ix, item) in cx.items_of(Kind::Soup) {
        let Some(purl) = item.value("purl").filter(|p| !p.is_empty()) else { continue };
        if register.components_of(ix).next().is_none() {
            out.at_field(ix, item, "purl").arg("purl", purl.into_owned());
        }
    }
}

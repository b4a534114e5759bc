//! See `soup_without_version.md`.

use super::Register;
use crate::prelude::*;

rule!(SOUP_WITHOUT_VERSION, "soup_without_version", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let register = Register::new(cx);
    for (ix, item) in cx.items_of(Kind::Soup) {
        if has_part(item, "version") || register.components_of(ix).next().is_some() {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item);
        }
    }
}

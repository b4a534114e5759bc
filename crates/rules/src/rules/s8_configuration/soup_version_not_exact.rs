//! See `soup_version_not_exact.md`.

use crate::prelude::*;
use model::components::is_exact;

rule!(SOUP_VERSION_NOT_EXACT, "soup_version_not_exact", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        let Some(version) = item.value("version") else { continue };
        if !version.is_empty() && !is_exact(&version) {
            out.at_field(ix, item, "version").arg("version", version.into_owned());
        }
    }
}

//! See `soup_version_differs.md`.

use super::Register;
use crate::prelude::*;

rule!(SOUP_VERSION_DIFFERS, "soup_version_differs", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let register = Register::new(cx);
    for (ix, item) in cx.items_of(Kind::Soup) {
        // An item that covers a group has as many versions as components.
        if item.field("covers").is_some() {
            continue;
        }
        let Some(version) = item.value("version").filter(|v| !v.is_empty()) else { continue };
        let mut locked = register.components_of(ix).map(|c| c.version.as_str()).peekable();
        if locked.peek().is_none() {
            continue;
        }
        let locked: Vec<&str> = locked.collect();
        if locked.iter().any(|l| *l != version) {
            out.at_field(ix, item, "version")
                .arg("version", version.into_owned())
                .arg("locked", locked.join(", "));
        }
    }
}

//! See `udi_not_stated.md`.

use super::{in_europe, said};
use crate::prelude::*;
use crate::systems::is_device;

rule!(UDI_NOT_STATED, "udi_not_stated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(release) = cx.release.as_ref() else { return };
    if !in_europe(cx) {
        out.saw_text("not placed on the market of the European Union");
        return;
    }
    if !cx.items_of(Kind::SoftwareSystem).any(|(_, i)| is_device(i)) {
        out.saw_text("no software system is placed on the market by itself");
    }
    for (ix, item) in cx.items_of(Kind::SoftwareSystem).filter(|(_, i)| is_device(i)) {
        match (said(item, "udi-di"), said(item, "udi-shown")) {
            (Some(di), Some(_)) => {
                out.saw_text(format!("{}: UDI-DI {di}, UDI-PI {}", item.id, release.version));
            }
            (None, _) => {
                out.at_item(ix, item).arg("why", "no `udi-di` says which device identifier it has");
            }
            (_, None) => {
                out.at_item(ix, item)
                    .arg("why", "no `udi-shown` says on which screen the user reads its UDI");
            }
        }
    }
}

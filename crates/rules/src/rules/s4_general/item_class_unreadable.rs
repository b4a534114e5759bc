//! See `item_class_unreadable.md`.

use crate::prelude::*;

rule!(ITEM_CLASS_UNREADABLE, "item_class_unreadable", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem).chain(cx.items_of(Kind::SoftwareUnit)) {
        let written = item.value("class").filter(|v| v.parse::<vocabulary::SafetyClass>().is_err());
        match written {
            Some(class) => {
                out.at_field(ix, item, "class").by_class_of_system().arg("class", class.into_owned());
            }
            None => out.saw(ix, item),
        }
    }
    // Without items there is nothing that could differ from its system.
    for system in cx.classes.systems() {
        out.saw(system.system, cx.model.item(system.system));
    }
}

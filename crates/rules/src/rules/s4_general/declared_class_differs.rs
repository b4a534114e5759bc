//! See `declared_class_differs.md`.

use crate::prelude::*;

rule!(DECLARED_CLASS_DIFFERS, "declared_class_differs", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let highest = cx.classes.systems().iter().filter_map(|s| Some((s.recorded?, s.system))).max();
    let (Some(declared), Some((recorded, ix))) = (cx.config.product.class, highest) else { return };
    if declared != recorded {
        out.at(cx.config.place("product.class"))
            .about(cx.config.product.name.clone())
            .arg("declared", declared.as_str())
            .arg("recorded", recorded.as_str())
            .related(cx.model.item(ix).location(), "recorded here");
    }
}

//! See `item_class_lowered.md`.

use crate::prelude::*;
use model::class::Why;

rule!(ITEM_CLASS_LOWERED, "item_class_lowered", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem).chain(cx.items_of(Kind::SoftwareUnit)) {
        match cx.classes.item(ix) {
            Some(class) if class.why == Why::LoweredWithoutRationale => {
                let written = class.written.map_or("", |c| c.as_str());
                let report = out
                    .at_field(ix, item, "class")
                    .arg("class", written)
                    .arg("inherited", class.effective.as_str());
                if let Some((parent, _)) = cx.model.targets(ix, LinkType::PartOf).next() {
                    report.related(cx.model.item(parent).location(), "part of this");
                }
            }
            _ => out.saw(ix, item),
        }
    }
}

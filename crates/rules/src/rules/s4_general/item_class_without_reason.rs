//! See `item_class_without_reason.md`.

use crate::prelude::*;
use vocabulary::SafetyClass;

rule!(ITEM_CLASS_WITHOUT_REASON, "item_class_without_reason", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem).chain(cx.items_of(Kind::SoftwareUnit)) {
        let written = item.value("class").and_then(|v| v.parse::<SafetyClass>().ok());
        let parents = cx.model.targets(ix, LinkType::PartOf).map(|(to, _)| to);
        let above =
            parents.filter(|p| cx.classes.item(*p).is_some()).map(|p| cx.classes.of(cx.model, p)).max();
        let parent = above.unwrap_or_else(|| cx.classes.of_system_of(ix));
        match written {
            Some(class) if class > parent && !has_part(item, "rationale") => {
                out.at_field(ix, item, "class")
                    .by_class_of_system()
                    .arg("class", class.as_str())
                    .arg("parent", parent.as_str());
            }
            _ => out.saw(ix, item),
        }
    }
}

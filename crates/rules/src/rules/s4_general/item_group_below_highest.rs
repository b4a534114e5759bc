//! See `item_group_below_highest.md`.

use crate::prelude::*;

rule!(ITEM_GROUP_BELOW_HIGHEST, "item_group_below_highest", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let groups = [Kind::SoftwareSystem, Kind::SoftwareItem].into_iter().flat_map(|k| cx.items_of(k));
    for (ix, item) in groups {
        let class = class_of(cx, ix, item);
        let parts = cx
            .model
            .sources(ix, LinkType::PartOf)
            .filter(|(from, _)| cx.is(*from, Kind::SoftwareItem) || cx.is(*from, Kind::SoftwareUnit));
        let highest = parts.map(|(from, _)| (cx.classes.of(cx.model, from), from)).max_by_key(|(c, _)| *c);
        match highest.and_then(|(c, from)| Some((c, cx.model.get(from)?))) {
            Some((higher, part)) if higher > class && !has_part(item, "group-rationale") => {
                out.at_item(ix, item)
                    .by_class_of_system()
                    .arg("class", class.as_str())
                    .arg("part", part.id.to_string())
                    .arg("higher", higher.as_str())
                    .related(part.location(), format!("class {higher}"));
            }
            _ => out.saw(ix, item),
        }
    }
}

fn class_of(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> vocabulary::SafetyClass {
    let of_system = cx.classes.systems().iter().find(|s| s.system == ix).map(|s| s.effective);
    of_system.filter(|_| item.kind == Kind::SoftwareSystem).unwrap_or_else(|| cx.classes.of(cx.model, ix))
}

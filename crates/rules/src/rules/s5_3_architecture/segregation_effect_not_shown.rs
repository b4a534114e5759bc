//! See `segregation_effect_not_shown.md`.

use crate::prelude::*;

rule!(SEGREGATION_EFFECT_NOT_SHOWN, "segregation_effect_not_shown", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem) {
        let Some(written) = cx.classes.item(ix).and_then(|c| c.written) else { continue };
        let segregated = item.value("segregated-from").is_some_and(|v| !v.is_empty());
        let parents = cx.model.targets(ix, LinkType::PartOf).map(|(to, _)| to);
        let above =
            parents.filter(|p| cx.classes.item(*p).is_some()).map(|p| cx.classes.of(cx.model, p)).max();
        let parent = above.unwrap_or_else(|| cx.classes.of_system_of(ix));
        if written >= parent || !segregated {
            continue;
        }
        if has_part(item, "segregation-effectiveness") || has_part(item, "segregation effectiveness") {
            out.saw(ix, item);
        } else {
            out.at_field(ix, item, "class").by_class_of_system();
        }
    }
}

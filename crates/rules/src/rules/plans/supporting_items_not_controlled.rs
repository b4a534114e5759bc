//! See `supporting_items_not_controlled.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(SUPPORTING_ITEMS_NOT_CONTROLLED, "supporting_items_not_controlled", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
    let mut tools = cx.items_of(Kind::SupportingItem).peekable();
    // Without a single tool the field above has nothing to name, and the cause is one.
    if tools.peek().is_none() && out.reports.is_empty() {
        out.at(cx.whole_product()).about("DOC-TOOL").arg("fields", "no supporting item is recorded");
    }
    for (ix, item) in tools {
        if item.value("version").is_some_and(|v| !v.is_empty()) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item).arg("fields", format!("`{}` has no version", item.id));
        }
    }
}

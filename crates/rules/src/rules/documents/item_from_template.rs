//! See `item_from_template.md`.

use crate::plan_fields::is_scaffold_item;
use crate::prelude::*;
use crate::rules::documents::clauses_of;

rule!(ITEM_FROM_TEMPLATE, "item_from_template", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.model.enumerate() {
        if is_scaffold_item(item) {
            let report = out.at_item(ix, item).by_class_of_system();
            for clause in clauses_of(item) {
                report.clause(*clause);
            }
        }
    }
}

//! See `soup_anomaly_list_missing.md`.

use crate::prelude::*;

rule!(SOUP_ANOMALY_LIST_MISSING, "soup_anomaly_list_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        if !has_part(item, "anomaly-list") {
            out.at_item(ix, item);
        }
    }
}

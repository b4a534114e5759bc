//! See `risk_file_without_revision.md`.

use crate::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

rule!(RISK_FILE_WITHOUT_REVISION, "risk_file_without_revision", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let kinds = [Kind::Hazard, Kind::HazardousSituation, Kind::Cause, Kind::RiskControl];
    let mut loose: BTreeMap<&str, (ItemIx, usize)> = BTreeMap::new();
    for (ix, item) in kinds.into_iter().flat_map(|k| cx.items_of(k)) {
        if cx.documents.controlled.iter().any(|d| Arc::ptr_eq(&d.file, &item.file)) {
            out.saw(ix, item);
        } else {
            loose.entry(&item.file.path).and_modify(|(_, n)| *n += 1).or_insert((ix, 0));
        }
    }
    for (ix, n) in loose.into_values() {
        if let Some(item) = cx.model.get(ix) {
            out.at_item(ix, item).arg("n", n.to_string());
        }
    }
}

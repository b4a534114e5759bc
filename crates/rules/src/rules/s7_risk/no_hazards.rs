//! See `no_hazards.md`.

use crate::prelude::*;

rule!(NO_HAZARDS, "no_hazards", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let kinds = [Kind::Hazard, Kind::HazardousSituation, Kind::Cause];
    if kinds.iter().all(|kind| cx.model.of_kind(*kind).is_empty()) {
        out.at(cx.whole_product()).about(cx.config.product.name.clone());
    }
}

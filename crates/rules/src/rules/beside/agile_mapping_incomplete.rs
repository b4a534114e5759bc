//! See `agile_mapping_incomplete.md`.

use crate::agile::agile_mapping;
use crate::prelude::*;

rule!(AGILE_MAPPING_INCOMPLETE, "agile_mapping_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let mapping = agile_mapping(cx);
    let missing: Vec<String> = mapping
        .iter()
        .filter(|row| row.lives.is_empty())
        .map(|row| format!("{} ({})", row.deliverable, row.clause.trim_start_matches("62304:")))
        .collect();
    if missing.is_empty() {
        out.saw_text(format!("{} deliverables of clause 5, each with its place", mapping.len()));
    } else {
        out.at(cx.whole_product()).about(cx.config.product.name.clone()).arg("missing", missing.join(", "));
    }
}

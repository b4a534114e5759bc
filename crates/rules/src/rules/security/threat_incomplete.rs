//! See `threat_incomplete.md`.

use crate::prelude::*;

rule!(THREAT_INCOMPLETE, "threat_incomplete", check);

/// The categories of STRIDE.
const STRIDE: [&str; 6] = [
    "spoofing",
    "tampering",
    "repudiation",
    "information-disclosure",
    "denial-of-service",
    "elevation-of-privilege",
];

const FIELDS: [&str; 7] = [
    "stride",
    "element",
    "exploitability-before",
    "impact-before",
    "exploitability-after",
    "impact-after",
    "hazards",
];

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Threat) {
        let missing: Vec<&str> = FIELDS.into_iter().filter(|f| !has_part(item, f)).collect();
        let mut sound = missing.is_empty();
        if !sound {
            out.at_item(ix, item).arg("what", format!("does not say: {}", missing.join(", ")));
        }
        for word in words(item, "stride") {
            if !STRIDE.contains(&word.as_str()) {
                sound = false;
                out.at_field(ix, item, "stride")
                    .arg("what", format!("has `{word}`, which is no category of STRIDE"));
            }
        }
        for id in words(item, "hazards").into_iter().filter(|h| h != "none") {
            let known = |kind| cx.model.by_id(&id.to_uppercase()).is_some_and(|i| i.kind == kind);
            if !known(Kind::Hazard) && !known(Kind::HazardousSituation) {
                sound = false;
                let id = id.to_uppercase();
                out.at_field(ix, item, "hazards")
                    .arg("what", format!("names `{id}`, which is no hazard of the risk file"));
            }
        }
        if sound {
            out.saw(ix, item);
        }
    }
}

/// The words of a list field, in lower case, with hyphens.
fn words(item: &Item, field: &str) -> Vec<String> {
    let value = item.value(field).unwrap_or_default();
    let words = value.split(',').map(|w| w.trim().to_lowercase().replace(' ', "-"));
    words.filter(|w| !w.is_empty()).collect()
}

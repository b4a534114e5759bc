//! See `security_release_not_planned.md`.

use crate::prelude::*;

rule!(SECURITY_RELEASE_NOT_PLANNED, "security_release_not_planned", check);

/// The field, and each topic with its clause.
const FIELD: &str = "security-release";
const TOPICS: [(&str, &str); 7] = [
    ("findings-resolved", "81001-5-1:5.8.1"),
    ("release-documents", "81001-5-1:5.8.2"),
    ("file-integrity", "81001-5-1:5.8.3"),
    ("private-keys", "81001-5-1:5.8.4"),
    ("issues-assessed", "81001-5-1:5.8.5"),
    ("activities-complete", "81001-5-1:5.8.6"),
    ("decommissioning", "81001-5-1:5.8.7"),
];

/// The fewest words that say something of a topic.
const FEWEST: usize = 4;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(place) = cx.stated.places(FIELD).first() else {
        out.at(cx.whole_product())
            .about(cx.config.product.name.clone())
            .arg("why", format!("no section states `{FIELD}`"));
        return;
    };
    let mut open = Vec::new();
    for (topic, clause) in TOPICS {
        let said = place.topics().find(|(name, _)| *name == topic).map_or("", |(_, text)| text);
        let is_said =
            said.split_whitespace().count() >= FEWEST && documents::placeholder::find(said).is_empty();
        if is_said {
            out.saw_text_for(clause, format!("`{topic}` in {}", place.document.id));
        } else {
            open.push((topic, clause));
        }
    }
    if !open.is_empty() {
        let names: Vec<String> = open.iter().map(|(topic, _)| format!("`{topic}`")).collect();
        let report = out.at(place.location()).about(place.document.id.as_str());
        report.arg("why", format!("nothing is said of {}", names.join(", ")));
        for (_, clause) in open {
            report.clause(clause);
        }
    }
}

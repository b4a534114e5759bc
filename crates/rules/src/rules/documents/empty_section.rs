//! See `empty_section.md`.

use crate::prelude::*;

rule!(EMPTY_SECTION, "empty_section", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for document in &cx.documents.controlled {
        for section in &document.sections {
            let title = document.title_of(section).trim();
            if section.has_parts || !document.body_of(section).is_empty() || is_item(title) {
                continue;
            }
            out.at(document.file.location(section.title))
                .about(document.id.to_string())
                .arg("section", title.to_owned());
        }
    }
}

/// Items are judged by their own rules (`empty-item`).
fn is_item(title: &str) -> bool {
    let first = title.split_whitespace().next().unwrap_or("");
    vocabulary::ItemId::is_valid(first.trim_end_matches(':'))
}

//! See `requirement_only_in_tracker.md`.

use crate::prelude::*;

rule!(REQUIREMENT_ONLY_IN_TRACKER, "requirement_only_in_tracker", check);

/// The fewest words that can be a requirement.
const FEWEST: usize = 4;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let mut own = 0_usize;
    for (ix, item) in cx.items_of(Kind::SoftwareRequirement) {
        let text = item.text();
        let refers = item.field("story").is_some() || text.contains("://");
        let words = text.split_whitespace().filter(|w| is_own(w)).count();
        if !refers || words >= FEWEST {
            own += 1;
            continue;
        }
        let what = if text.trim().is_empty() {
            "it has no text".to_owned()
        } else {
            format!("`{}`", text.trim().replace('\n', " "))
        };
        out.at_item(ix, item).arg("what", what);
    }
    out.saw_text(format!("{own} software requirements in their own words"));
}

/// Whether a word says something itself: no address, no key of a tracker, no pointing.
fn is_own(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_key = bare.split_once('-').is_some_and(|(project, number)| {
        project.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && number.bytes().all(|c| c.is_ascii_digit())
    });
    let points = ["see", "cf", "siehe", "jira", "ticket", "issue", "story"];
    !(bare.is_empty()
        || word.contains("://")
        || is_key
        || points.iter().any(|p| bare.eq_ignore_ascii_case(p)))
}

//! Rules about the documents themselves: ids, placeholders, empty text.

use super::s5_7_verification::{Level, level};
use crate::plan_fields::is_scaffold_line;
use crate::registry::Source;
use documents::placeholder;
use model::{Item, Kind};

mod claimed_document_hollow;
mod document_of_titles_only;
mod document_review_overdue;
mod duplicate_id;
mod empty_document;
mod empty_item;
mod empty_section;
mod item_from_template;
mod placeholder_text;
mod required_approver_missing;
mod role_holder_untrained;
mod stale_citation;
mod unknown_clause_cited;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    duplicate_id::DUPLICATE_ID,
    placeholder_text::PLACEHOLDER_TEXT,
    item_from_template::ITEM_FROM_TEMPLATE,
    empty_item::EMPTY_ITEM,
    empty_document::EMPTY_DOCUMENT,
    empty_section::EMPTY_SECTION,
    claimed_document_hollow::CLAIMED_DOCUMENT_HOLLOW,
    document_of_titles_only::DOCUMENT_OF_TITLES_ONLY,
    unknown_clause_cited::UNKNOWN_CLAUSE_CITED,
    stale_citation::STALE_CITATION,
    required_approver_missing::REQUIRED_APPROVER_MISSING,
    document_review_overdue::DOCUMENT_REVIEW_OVERDUE,
    role_holder_untrained::ROLE_HOLDER_UNTRAINED,
];

/// The clauses that an item is evidence for: what an item that says nothing leaves without evidence.
pub(super) fn clauses_of(item: &Item) -> &'static [&'static str] {
    match item.kind {
        Kind::SoftwareSystem => &["62304:4.3.a", "62304:4.3.c", "62304:4.3.f", "62304:4.3.g"],
        Kind::SystemRequirement => &["62304:5.1.3"],
        Kind::SoftwareRequirement => &["62304:5.2.1"],
        Kind::SoftwareItem => &["62304:5.3.1", "62304:4.3.d", "62304:4.3.e", "62304:4.3.f", "62304:8.1.1"],
        Kind::SoftwareUnit => &["62304:5.4.1", "62304:5.4.2", "62304:5.5.1"],
        Kind::Interface => &["62304:5.3.2"],
        Kind::DetailedDesign => &["62304:5.4.2"],
        Kind::TestCase => match level(item) {
            Level::Unit => &["62304:5.5.5"],
            Level::Integration => &["62304:5.6.3"],
            Level::System => &["62304:5.7.1", "62304:5.7.4"],
        },
        Kind::Hazard | Kind::HazardousSituation => &["62304:7.1.1"],
        Kind::Cause => &["62304:7.1.2", "62304:7.1.4"],
        Kind::RiskControl => &["62304:7.2.1"],
        Kind::Soup => &["62304:5.3.3", "62304:5.3.4", "62304:7.1.3", "62304:8.1.2"],
        Kind::SupportingItem => &["62304:5.1.10"],
        Kind::Threat | Kind::Document => &["62304:5.2.6"],
    }
}

/// The text below the front matter.
fn without_front_matter(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return text };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return rest.get(at..).unwrap_or("");
        }
    }
    text
}

/// The fewest words of its own that make a document more than its headings.
const FEWEST: usize = 8;

/// Whether a text has words that are neither headings, names of fields, placeholders nor the scaffold's.
fn says_something(text: &str) -> bool {
    let own = text.lines().map(str::trim).filter(|line| {
        let is_frame = line.starts_with('#') || line.starts_with("- field:");
        !is_frame && placeholder::find(line).is_empty() && !is_scaffold_line(line)
    });
    own.flat_map(str::split_whitespace)
        .filter(|w| w.contains(char::is_alphanumeric))
        .nth(FEWEST - 1)
        .is_some()
}

//! Rules about the documents themselves: ids, placeholders, empty text.

use crate::registry::Source;

mod duplicate_id;
mod empty_document;
mod empty_item;
mod empty_section;
mod placeholder_text;
mod stale_citation;
mod unknown_clause_cited;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    duplicate_id::DUPLICATE_ID,
    placeholder_text::PLACEHOLDER_TEXT,
    empty_item::EMPTY_ITEM,
    empty_document::EMPTY_DOCUMENT,
    empty_section::EMPTY_SECTION,
    unknown_clause_cited::UNKNOWN_CLAUSE_CITED,
    stale_citation::STALE_CITATION,
];

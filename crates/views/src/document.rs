//! Controlled documents: cover, approvals, history, and the documents made from items.

use serde::Serialize;
use vocabulary::{Date, Digest, SafetyClass};

use crate::{LinkCell, Mark, Ref, Signature, Verdict};

/// What stands on the first page of every document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// The document's id, `DOC-SRS`.
    pub id: String,
    /// The title.
    pub title: String,
    /// The kind in words, `Software requirements specification`.
    pub kind: String,
    /// The product.
    pub product: String,
    /// The software version the document speaks of.
    pub version: Option<String>,
    /// The class.
    pub class: Option<SafetyClass>,
    /// The revision for people, a number or the short commit.
    pub revision: String,
    /// The digest of the content.
    pub digest: Digest,
    /// The file it comes from.
    pub file: Option<String>,
    /// The commit it was read at.
    pub commit: Option<String>,
    /// The ledger position it was rendered at.
    pub ledger: Option<u64>,
    /// The as-of date; also the date in the PDF's metadata.
    pub as_of: Date,
    /// Document control, name and value: state, day of effect, day of the next review. Empty where nothing is recorded.
    pub control: Vec<(String, String)>,
    /// Who owns it.
    pub owner: String,
    /// Approvals of exactly this digest.
    pub approvals: Vec<Signature>,
    /// Revisions, newest first.
    pub history: Vec<RevisionRow>,
    /// Marks that every page repeats.
    pub marks: Vec<Mark>,
}

/// A revision of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionRow {
    /// The revision.
    pub revision: String,
    /// When.
    pub date: Date,
    /// Who made it.
    pub author: String,
    /// What changed and why.
    pub change: String,
    /// The digest of the content.
    pub digest: Digest,
    /// Who approved it; empty when nobody did.
    pub approved_by: String,
}

/// A picture that a document embeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// The path as the document writes it.
    pub path: String,
    /// The file: PNG, JPEG, GIF, WebP or SVG. Whatever else it is, it is named and not shown.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// A controlled document whose body is Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlledDocument {
    /// The cover.
    pub cover: Cover,
    /// The body, CommonMark with tables.
    pub markdown: String,
    /// The pictures it embeds.
    pub pictures: Vec<Picture>,
    /// The verdict on it: approved, or what is missing.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// An item inside a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemEntry {
    /// The id.
    pub id: Ref,
    /// The title.
    pub title: String,
    /// The kind in words.
    pub kind: String,
    /// The class, where it has one.
    pub class: Option<SafetyClass>,
    /// The text, Markdown.
    pub text: String,
    /// Fields that are not links.
    pub fields: Vec<(String, String)>,
    /// Links out of the item.
    pub links: Vec<LinkCell>,
    /// Test cases that verify it.
    pub verified_by: Vec<LinkCell>,
    /// The content digest.
    pub digest: Digest,
}

/// A section of a document made from items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemSection {
    /// The heading.
    pub title: String,
    /// Text before the items, Markdown.
    pub text: String,
    /// The items.
    pub items: Vec<ItemEntry>,
}

/// A document made from items: requirements specification, architecture, detailed design, protocols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemDocument {
    /// The cover.
    pub cover: Cover,
    /// Introduction, Markdown.
    pub intro: String,
    /// The sections.
    pub sections: Vec<ItemSection>,
    /// The pictures that the texts embed.
    pub pictures: Vec<Picture>,
}

/// A deliverable of clause 5 in the mapping of an agile team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgileRow {
    /// The clause.
    pub clause: Ref,
    /// The deliverable.
    pub deliverable: String,
    /// Where it lives; empty where nothing has it.
    pub lives: Vec<String>,
    /// The layer at which it is complete.
    pub layer: String,
    /// When it is done there; empty where nothing says so.
    pub done: String,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentRow {
    /// The id.
    pub id: Ref,
    /// The title.
    pub title: String,
    /// The kind in words.
    pub kind: String,
    /// The revision.
    pub revision: String,
    /// The digest of the content.
    pub digest: Digest,
    /// Who owns it.
    pub owner: String,
    /// Who approved this digest; empty when nobody did.
    pub approved_by: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// All controlled documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentList {
    /// The rows.
    pub rows: Vec<DocumentRow>,
}

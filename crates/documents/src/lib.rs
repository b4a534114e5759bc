//! Markdown documents to model, with spans, and back.
//!
//! [`read_worktree`] and [`from_blobs`] read every document of a product in parallel and never fail: they return what
//! they understood, and a diagnostic for each thing that they did not. [`Edit`] writes back without touching a byte that
//! it was not asked to change. The format is `docs/formats/documents.md`.
//!
//! It is not a rule: whether a document says enough is judged elsewhere.

mod code;
mod controlled;
mod edit;
mod front_matter;
mod parse;
pub mod placeholder;
mod read;
pub mod scaffold;
mod section_fields;
mod tree;

pub use code::CODES;
pub use controlled::{Document, Section};
pub use edit::{Edit, EditError};
pub use front_matter::FrontMatter;
pub use parse::{KNOWN_FIELDS, Kinds, Parsed, parse_text};
pub use read::{Documents, from_blobs, read_worktree};
pub use section_fields::SectionField;
pub use tree::{Blob, Content, Limits, is_input, tree_digest};

//! Importers of requirements that other tools keep: their text in, dossier's Markdown out.
//!
//! An importer reads what is there, says with file and line what it did not take over, and writes documents in the
//! format of `docs/formats/documents.md`. It decides nothing: links arrive unconfirmed. It touches no file.

pub mod rst_items;
pub mod threats;

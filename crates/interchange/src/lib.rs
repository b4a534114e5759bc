//! Importers of what other tools keep: requirements as dossier's Markdown, and issues of trackers.
//!
//! An importer reads what is there, says with file and line what it did not take over, and writes documents in the
//! format of `docs/formats/documents.md`. It decides nothing: links arrive unconfirmed. It touches no file.

pub mod rst_items;
pub mod threats;
pub mod tracker;
mod xml;

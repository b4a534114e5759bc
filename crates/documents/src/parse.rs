//! From the text of one file to items, by the rules of `docs/formats/documents.md`.

use crate::{Document, FrontMatter};
use diagnostics::Diagnostic;
use model::{Item, Kind, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kinds that id prefixes stand for: the built-in ones and those of `[kinds]`, and which fields are known.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    mapped: BTreeMap<String, Kind>,
    fields: Vec<String>,
}

impl Kinds {
    /// The kinds of a configuration, with a diagnostic for each one that it maps to no built-in kind.
    pub fn of(config: &product::Config) -> (Kinds, Vec<Diagnostic>) {
        let mut kinds = Kinds { mapped: BTreeMap::new(), fields: config.trace.fields.clone() };
        let mut found = Vec::new();
        for (prefix, word) in &config.kinds {
            match word.parse::<Kind>() {
                Ok(kind) => {
                    kinds.mapped.insert(prefix.clone(), kind);
                }
                Err(e) => found.push(
                    crate::code::UNKNOWN_KIND.at(config.place(&format!("kinds.{prefix}")), e.to_string()),
                ),
            }
        }
        (kinds, found)
    }

    /// The kind of a prefix.
    pub fn of_prefix(&self, prefix: &str) -> Option<Kind> {
        self.mapped.get(prefix).copied().or_else(|| Kind::of_prefix(prefix))
    }
}

/// What one file holds.
#[derive(Debug)]
pub struct Parsed {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its front matter.
    pub front: FrontMatter,
    /// Its items, in order.
    pub items: Vec<Item>,
    /// The controlled document that it is.
    pub document: Option<Document>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one document. Embedded files are not looked up: their digests are none until [`crate::from_blobs`] or
/// [`crate::read_worktree`] know the tree.
pub fn parse_text(path: &str, text: String, kinds: &Kinds) -> Parsed {
    let _ = kinds;
    let file = Arc::new(SourceFile::new(path, text));
    Parsed { file, front: FrontMatter::default(), items: Vec::new(), document: None, diagnostics: Vec::new() }
}

//! The front matter of a document: YAML between two lines of three hyphens, all of it optional.

use std::collections::BTreeMap;

/// What the front matter says. Every value is kept as text, as written (`version: 1.10` is not 1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The document's title.
    pub title: Option<String>,
    /// The kind of the file's items, or of the document.
    pub kind: Option<String>,
    /// The id of the controlled document.
    pub document: Option<String>,
    /// The role that answers for it.
    pub owner: Option<String>,
    /// The clauses that the document is evidence for.
    pub clauses: Vec<String>,
    /// Known keys that have no meaning of their own here (`status`, `version`, …), and unknown ones.
    pub other: BTreeMap<String, String>,
}

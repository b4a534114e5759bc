//! A name that is always a link: what it is called and which kind of thing it names.

use std::fmt;

use serde::Serialize;

/// The kinds of things that have one address each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefKind {
    /// An item of a controlled document: requirement, test case, risk control, unit …
    Item,
    /// A controlled document.
    Document,
    /// An anomaly.
    Anomaly,
    /// A SOUP item or component.
    Soup,
    /// A release, by version.
    Release,
    /// A test run.
    Run,
    /// A ledger entry, by sequence number.
    Entry,
    /// A change request.
    Change,
    /// A complaint.
    Complaint,
    /// A corrective action.
    Capa,
    /// A clause of a standard, `62304:5.8.3`.
    Clause,
    /// A rule, `R0042`.
    Rule,
    /// A thing without a page of its own: a path, a blob, a commit.
    Plain,
}

/// The id of something, as people write it, with its kind. Renderers with addresses make it a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ref {
    /// Which kind of thing.
    pub kind: RefKind,
    /// The id, `SRS-012`, `A-2024-087`, `2.4.0`, `42`.
    pub id: String,
}

impl Ref {
    /// A reference of any kind.
    pub fn new(kind: RefKind, id: impl Into<String>) -> Ref {
        Ref { kind, id: id.into() }
    }

    /// A reference to an item.
    pub fn item(id: impl Into<String>) -> Ref {
        Ref::new(RefKind::Item, id)
    }

    /// Something without a page of its own.
    pub fn plain(id: impl Into<String>) -> Ref {
        Ref::new(RefKind::Plain, id)
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

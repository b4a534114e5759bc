//! The four inputs that everything is computed from, and the marks that may never be lost on the way to a reader.

use serde::Serialize;
use vocabulary::{Date, Digest, SafetyClass};

/// What a page or report was computed from: commit, ledger position, rule set, as-of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The product's name.
    pub product: String,
    /// The commit, full hash; `None` when the work tree was read.
    pub commit: Option<String>,
    /// SHA-256 over the sorted paths and blobs that were read.
    pub tree: Digest,
    /// Whether the work tree was read and differs from its commit.
    pub dirty: bool,
    /// The ledger position: the first N entries were read. `None` for documents only.
    pub ledger: Option<u64>,
    /// The rule set's name for people, `62304 A1`.
    pub rule_set: String,
    /// The rule set's digest.
    pub rule_set_digest: Digest,
    /// The profile, `playbook` or `standard`.
    pub profile: String,
    /// The edition of the standard, `iec62304:2006+a1:2015`.
    pub edition: String,
    /// The as-of date, which decides ages and expiries only.
    pub as_of: Date,
    /// The product's software safety class as computed.
    pub class: Option<SafetyClass>,
    /// Marks that every page and report repeats: simulated clock, work tree, documents only.
    pub marks: Vec<Mark>,
}

/// What a mark warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// The ledger's clock is simulated: nothing here is evidence of when something happened.
    SimulatedClock,
    /// The work tree was read, not a commit.
    WorkTree,
    /// No ledger was read.
    DocumentsOnly,
    /// Not released, not final.
    Draft,
    /// A signature or verdict no longer holds.
    Void,
    /// The release was withdrawn.
    Withdrawn,
}

impl MarkKind {
    /// Whether it speaks of one release or document; the others speak of the inputs and stand in [`Inputs::marks`].
    pub fn is_of_release(self) -> bool {
        matches!(self, MarkKind::Draft | MarkKind::Void | MarkKind::Withdrawn)
    }
}

/// A warning about the whole of a page or document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// What kind.
    pub kind: MarkKind,
    /// One sentence that says it.
    pub text: String,
}

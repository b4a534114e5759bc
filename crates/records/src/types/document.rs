//! Controlled documents over their life: submitted, approved, effective, read, reviewed, obsolete; and procedures that
//! live elsewhere.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// A document is approved. The approval binds to the content, not to a commit: the same text in a later commit is
/// still approved, an edit voids it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentApprove {
    /// The document's id, `DOC-SDP`, or the id of an item that is approved by itself (a `SYSTEM` item's class).
    pub document: String,
    /// The content digest that was read.
    pub digest: Digest,
}
record!(DocumentApprove, "document/approve/v1", personal, self => self.document.clone(), covers self.digest);

/// The author puts a revision up for review. From here on the author of this content cannot approve it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSubmit {
    /// The document.
    pub document: String,
    /// The content digest.
    pub digest: Digest,
    /// The revision for people: `3`, `C`, `2.1`.
    pub revision: String,
    /// What changed and why (Annex 11: the reason of a change).
    pub reason: String,
}
record!(DocumentSubmit, "document/submit/v1", personal, self => self.document.clone(), covers self.digest);

/// An approved revision comes into effect on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentEffective {
    /// The document.
    pub document: String,
    /// The content digest.
    pub digest: Digest,
    /// The first day on which it is to be followed.
    pub from: Date,
    /// Persons who must know it; each has recorded that they read and understood this content.
    pub readers: Vec<String>,
    /// The day by which it is reviewed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<Date>,
}
record!(DocumentEffective, "document/effective/v1", personal, self => self.document.clone(), covers self.digest);

/// A document is withdrawn. Its revisions stay retrievable and are marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentObsolete {
    /// The document.
    pub document: String,
    /// Why, and what replaces it.
    pub reason: String,
}
record!(DocumentObsolete, "document/obsolete/v1", personal, self => self.document.clone());

/// A person has read a revision and understood it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRead {
    /// The document.
    pub document: String,
    /// The content digest that was read.
    pub digest: Digest,
}
record!(DocumentRead, "document/read/v1", personal, self => self.document.clone(), covers self.digest);

/// The periodic review of a document: still right, or to be revised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentReview {
    /// The document.
    pub document: String,
    /// The content digest that was reviewed.
    pub digest: Digest,
    /// Whether it stays as it is.
    pub adequate: bool,
    /// What was found.
    pub remark: String,
    /// The day by which it is reviewed next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_due: Option<Date>,
}
record!(DocumentReview, "document/review/v1", personal, self => self.document.clone(), covers self.digest);

/// A procedure that is kept elsewhere (a Word file, another quality management system), by id, revision and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentExternal {
    /// The id by which it is known here: `DOC-SOP-12`.
    pub document: String,
    /// Its title.
    pub title: String,
    /// Its revision there.
    pub revision: String,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// Where it is kept.
    pub location: String,
    /// What changed and why, from the second revision on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
record!(DocumentExternal, "document/external/v1", process, self => self.document.clone());

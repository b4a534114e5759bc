//! Approval of controlled documents.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Digest;

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

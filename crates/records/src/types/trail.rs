//! The audit trail about itself: reviews, exports, reads of sensitive records, anchors, backups.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Digest, Instant};

/// The periodic review of the audit trail (Annex 11, 9), signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailReview {
    /// The first entry that was reviewed.
    pub from: u64,
    /// One past the last entry that was reviewed.
    pub to: u64,
    /// SHA-256 over the entries of the range, each after its length, so that the review says what was looked at.
    pub digest: Digest,
    /// What was found; "nothing unusual" has to be written too.
    pub outcome: String,
}
record!(TrailReview, "trail/review/v1", personal, self => format!("{}-{}", self.from, self.to), covers self.digest);

/// Records left the system, or sensitive ones were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailAccess {
    /// `export` or `read`.
    pub act: String,
    /// What: `ledger`, `archive 2.4.0`, `document DOC-SDP`.
    pub subject: String,
    /// The position of the ledger at that moment.
    pub position: u64,
}
record!(TrailAccess, "trail/access/v1", process, self => self.subject.clone());

/// A checkpoint was put where this ledger's keeper cannot change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerAnchor {
    /// `file`, `git` or `tsa`.
    pub to: String,
    /// Where: a path, a remote, the authority's address.
    pub place: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// SHA-256 of the checkpoint in its file form, which is a blob.
    pub checkpoint: Digest,
    /// The time stamp token over the checkpoint, a blob (RFC 3161).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Digest>,
    /// The authority's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Instant>,
}
record!(LedgerAnchor, "ledger/anchor/v1", process, self => self.size.to_string());

/// A backup was made and verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupMake {
    /// Where.
    pub place: String,
    /// How many entries it holds.
    pub position: u64,
    /// How many blobs it holds.
    pub blobs: u64,
    /// SHA-256 of the backup's list of files.
    pub digest: Digest,
}
record!(BackupMake, "backup/make/v1", process, self => self.place.clone());

/// The ledger was restored from a backup; what came after the backup is lost, and this says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupRestore {
    /// From where.
    pub place: String,
    /// How many entries it held.
    pub position: u64,
    /// Why.
    pub reason: String,
}
record!(BackupRestore, "backup/restore/v1", process, self => self.place.clone());

/// What a server found when a text was signed in somebody else's checkout: whether it has that text itself. Made by the server, in
/// the transaction of the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextCompare {
    /// What the act is about: `DOC-RMP`, the scope of confirmed links.
    pub subject: String,
    /// The kind of the act.
    pub act: String,
    /// The digest that was signed.
    pub digest: Digest,
    /// The commit at which it was looked for; none where the client's texts stand in no commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What was found.
    pub outcome: TextOutcome,
}
record!(TextCompare, "text/compare/v1", process, self => self.subject.clone());

/// What a server found of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextOutcome {
    /// The server computes the same digest at the commit.
    Same,
    /// The server's repository has not the commit.
    CommitNotHere,
    /// The texts stand in no commit, and not in the server's present one.
    NoCommit,
}

impl TextOutcome {
    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            TextOutcome::Same => "the server has the same text",
            TextOutcome::CommitNotHere => "the server has not the commit, so did not see the text",
            TextOutcome::NoCommit => "the text stands in no commit, so the server did not see it",
        }
    }
}

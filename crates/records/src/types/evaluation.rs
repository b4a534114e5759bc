//! Signed judgements: evaluations of clauses, and waivers.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// Something that was judged, by name and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// An item, a document or a record.
    pub subject: String,
    /// Its digest when it was judged: the evaluation is stale when it changed.
    pub digest: Digest,
}

/// A person judged a clause over named evidence. The only thing that turns `human` into `pass`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationRecord {
    /// The clause, `62304:5.2.6`.
    pub clause: String,
    /// The system or item that it was judged for.
    pub subject: String,
    /// Whether the evidence is adequate.
    pub adequate: bool,
    /// What was judged.
    pub judged: Vec<Judged>,
    /// Why.
    pub rationale: String,
    /// The form's own fields, from the clause's evidence line.
    #[serde(default)]
    pub fields: std::collections::BTreeMap<String, String>,
}
record!(EvaluationRecord, "evaluation/record/v1", personal, self => format!("{} of {}", self.clause, self.subject));

/// A finding is excepted. It stays visible: the verdict becomes `waived`, never `pass`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverGrant {
    /// The waiver's id, `W-3`.
    pub waiver: String,
    /// The rule, by id or name.
    pub rule: String,
    /// The one subject that it excepts: an item, an anomaly, a document.
    pub subject: String,
    /// Why that is tenable.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
}
record!(WaiverGrant, "waiver/grant/v1", personal, self => self.waiver.clone());

/// A waiver excepts nothing any more, before its last day. What it carried is a finding again; its id is never used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverWithdraw {
    /// The waiver's id, `W-3`.
    pub waiver: String,
    /// Why it is withdrawn.
    pub reason: String,
}
record!(WaiverWithdraw, "waiver/withdraw/v1", personal, self => self.waiver.clone());

/// Commits were first seen by the ledger. Author and committer dates are shown and never relied on; this entry's
/// time is the commit's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitObserve {
    /// Full commit ids, oldest first.
    pub commits: Vec<String>,
    /// The branch or tag through which they were seen.
    pub reference: String,
}
record!(CommitObserve, "commit/observe/v1", process, self => self.reference.clone());

/// A commit with the id of its patch: the same change after a rebase has another id and the same patch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedCommit {
    /// The full id.
    pub commit: String,
    /// The id of the patch (`git patch-id --stable`); empty for merges and empty commits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub patch: String,
}

/// Commits were first seen by the ledger, with the ids of their patches. See [`CommitObserve`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitSee {
    /// The commits, oldest first.
    pub commits: Vec<ObservedCommit>,
    /// The branch or tag through which they were seen.
    pub reference: String,
    /// Whether they were seen only because a release was opened: their order is not provable.
    #[serde(default)]
    pub at_release: bool,
}
record!(CommitSee, "commit/observe/v2", process, self => self.reference.clone());

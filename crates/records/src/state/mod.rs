//! State: what a sequence of entries adds up to.

mod access;
mod acts;
mod documents;
mod enrolment;
mod examined;
mod fold;
#[cfg(test)]
mod histories;
mod maintenance;
mod nouns;
mod on_demand;
#[cfg(test)]
mod passkey_tests;
mod passkeys;
mod people;
mod queries;
mod security;
pub mod snapshot;
#[cfg(test)]
mod tests;

pub use access::{ATTEMPTS_MAX, Account, Invitation, Token};
pub use documents::{DocumentLife, DocumentStage};
pub use enrolment::ADMINISTRATOR;
pub use examined::Examined;
pub use maintenance::{Capa, Complaint, Observation, Source};
pub use nouns::{Anomaly, Change, Phase, Release, Run, later};
pub use on_demand::OnDemand;
pub use passkeys::Passkey;
pub use people::{Delegated, Key, Person, RoleHeld};
pub use security::Security;

use crate::types::*;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};
use vocabulary::{Digest, Instant};

/// Where a record stands in the ledger and who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The entry's number, from 0.
    pub seq: u64,
    /// When it was appended.
    pub at: Instant,
    /// The person or process. Names are short and many: most lie in place.
    pub actor: SmolStr,
    /// The process through which it came.
    pub via: SmolStr,
    /// Who signed it, for personal acts. Apart, because most records have none and a long ledger has many records.
    pub signer: Option<Box<Signer>>,
}

/// The manifestation of a personal signature (21 CFR 11.50): printed name, date and time, meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The person's id.
    pub person: SmolStr,
    /// The printed name.
    pub name: SmolStr,
    /// The role acted in.
    pub role: SmolStr,
    /// The meaning.
    pub meaning: SmolStr,
    /// When the person says that they signed.
    pub at: Instant,
    /// The key's fingerprint.
    pub key_id: SmolStr,
    /// When that key was enrolled.
    pub key_enrolled: Instant,
    /// What was signed.
    pub digest: Digest,
}

/// A record with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<T> {
    /// Place and people.
    pub meta: Meta,
    /// The record.
    pub body: T,
}

/// A waiver that excepts nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawnWaiver {
    /// What was granted.
    pub granted: Recorded<WaiverGrant>,
    /// By whom, when and why it was withdrawn.
    pub withdrawn: Recorded<WaiverWithdraw>,
}

/// An entry that does not count, and why. A ledger with problems gives no verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry's number.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// What is wrong with it, as a sentence.
    pub what: String,
}

/// Everything that the first [`State::position`] entries say. What there is most of is shared by copies until one of them changes it
/// ([`OnDemand`]): whatever tries an entry out does it on a copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How many entries were folded.
    pub position: u64,
    /// The ledger's origin, from entry 0.
    pub origin: String,
    /// The product, from entry 0.
    pub product: String,
    /// Whether the clock of this ledger is simulated: every page and record says so.
    pub simulated_clock: bool,
    /// The time of the last entry.
    pub last_at: Option<Instant>,
    /// Persons by id.
    pub persons: BTreeMap<String, Person>,
    /// Approvals by document id, oldest first.
    pub approvals: BTreeMap<String, Vec<Recorded<DocumentApprove>>>,
    /// Confirmations of links, oldest first.
    pub confirmations: OnDemand<Vec<Recorded<TraceConfirm>>>,
    /// Test runs by id.
    pub runs: OnDemand<BTreeMap<String, Run>>,
    /// Deviations, oldest first.
    pub deviations: Vec<Recorded<DeviationRecord>>,
    /// Anomalies by id. A snapshot keeps them in parts of their own, which are read when somebody first looks at one.
    #[serde(skip)]
    pub anomalies: OnDemand<BTreeMap<String, Anomaly>>,
    /// Change requests by id.
    pub changes: OnDemand<BTreeMap<String, Change>>,
    /// SOUP reviews, oldest first.
    pub soup_reviews: Vec<Recorded<SoupReview>>,
    /// Statements that a software digest holds no third-party component, oldest first.
    pub soup_none: Vec<Recorded<SoupNone>>,
    /// Vulnerabilities, imported SBOMs, drift.
    pub security: Security,
    /// Evaluations of clauses, oldest first.
    pub evaluations: Vec<Recorded<EvaluationRecord>>,
    /// Waivers that nobody withdrew, by id; those whose last day has passed too.
    pub waivers: BTreeMap<String, Recorded<WaiverGrant>>,
    /// Waivers that were withdrawn, by id.
    pub withdrawn_waivers: BTreeMap<String, WithdrawnWaiver>,
    /// When each commit was first observed.
    pub observed: OnDemand<HashMap<String, Observation>>,
    /// The commit in which each patch was first observed, by the id of the patch: what a rebase keeps.
    pub patches: OnDemand<HashMap<String, String>>,
    /// Releases by version.
    pub releases: BTreeMap<String, Release>,
    /// Drills, oldest first.
    pub drills: Vec<Recorded<DrillRecord>>,
    /// Re-hashes of the whole archive, oldest first.
    pub rehashes: Vec<Recorded<ArchiveRehash>>,
    /// What the archive's unsigned documents were, oldest first.
    pub archive_documents: Vec<Recorded<ArchiveDocuments>>,
    /// Corrective actions by id.
    pub capas: BTreeMap<String, Capa>,
    /// From which entry on only administrators administer.
    pub administered_from: Option<u64>,
    /// Letters to authorities, oldest first.
    pub letters: Vec<Recorded<LetterRecord>>,
    /// The lives of controlled documents by id; those that were only ever approved have none.
    pub documents: BTreeMap<String, DocumentLife>,
    /// Accounts that sign by password, by person.
    pub accounts: BTreeMap<String, Account>,
    /// Invitations to enrol a password and a passkey, oldest first.
    pub invitations: Vec<Invitation>,
    /// Passkeys by their credential id.
    pub passkeys: BTreeMap<String, Passkey>,
    /// Confirmations of signatures by passkeys, by the entry that they confirm.
    pub confirmed_by_passkey: BTreeMap<u64, Recorded<SignatureAssert>>,
    /// The entry before this one where it was signed: its number, person, and the digest of its statement.
    pub last_signed: Option<(u64, String, Digest)>,
    /// Tokens of the server by name.
    pub tokens: BTreeMap<String, Token>,
    /// Sessions that are open: their person.
    pub sessions: BTreeMap<String, Recorded<SessionOpen>>,
    /// Sessions of the API that a key opened, oldest first.
    pub key_sessions: Vec<Recorded<SessionKey>>,
    /// Personal acts that were tried and refused.
    pub refusals: Vec<Recorded<SignatureRefuse>>,
    /// What servers found of texts that were signed elsewhere, oldest first.
    pub compared_texts: Vec<Recorded<TextCompare>>,
    /// Reviews of the audit trail, oldest first.
    pub trail_reviews: Vec<Recorded<TrailReview>>,
    /// Exports and sensitive reads, oldest first.
    pub accesses: Vec<Recorded<TrailAccess>>,
    /// Anchors of this ledger, oldest first.
    pub anchors: Vec<Recorded<LedgerAnchor>>,
    /// Backups, oldest first.
    pub backups: Vec<Recorded<BackupMake>>,
    /// Restores, oldest first.
    pub restores: Vec<Recorded<BackupRestore>>,
    /// Complaints by id.
    pub complaints: OnDemand<BTreeMap<String, Complaint>>,
    /// Decisions on reporting, oldest first.
    pub reportability: OnDemand<Vec<Recorded<ReportabilityDecide>>>,
    /// Sources of feedback by name.
    pub sources: BTreeMap<String, Source>,
    /// Notices to users and regulators by id.
    pub notices: BTreeMap<String, Recorded<NoticeIssue>>,
    /// Versions found installed, oldest first.
    pub installations: Vec<Recorded<InstallationFind>>,
    /// Reviews of trends, oldest first.
    pub trend_reviews: Vec<Recorded<TrendReview>>,
    /// Saved questions by name.
    pub views: BTreeMap<String, Recorded<ViewSave>>,
    /// Entries that do not count.
    pub problems: Vec<Problem>,
    /// Entries of kinds that this version does not know: verdicts cannot be given.
    pub unknown_kinds: Vec<(u64, String)>,
}

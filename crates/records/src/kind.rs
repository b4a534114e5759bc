//! The list of record kinds: the one place where a kind is registered.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The body of one kind of entry.
pub trait Record: Serialize + DeserializeOwned {
    /// The kind, ending in its version: `anomaly/report/v1`.
    const KIND: &'static str;
    /// Whether an entry of this kind counts only with a personal signature (design: personal acts).
    const PERSONAL: bool;

    /// What the record is about, as it stands in the `subject` of a personal statement: `AN-7`, `2.4.0`.
    fn subject(&self) -> String;

    /// The digest that a personal statement covers where it is not the digest of the whole body: the evidence
    /// manifest of a release, the content digest of a document.
    fn covers(&self) -> Option<vocabulary::Digest> {
        None
    }
}

/// A kind, as lists and documentation show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// The kind with its version.
    pub kind: &'static str,
    /// Whether it needs a personal signature.
    pub personal: bool,
    /// One line for people.
    pub about: &'static str,
}

macro_rules! kinds {
    ($($type:ident: $about:literal;)*) => {
        /// Every kind that this version reads, in the order of the documentation. Kinds are never removed.
        pub const KINDS: &[KindInfo] = &[
            KindInfo { kind: ledger::GENESIS_KIND, personal: false, about: "the ledger begins" },
            KindInfo { kind: ledger::ROTATE_KIND, personal: false, about: "the ledger's key changes" },
            $(KindInfo { kind: <crate::types::$type as Record>::KIND, personal: <crate::types::$type as Record>::PERSONAL, about: $about },)*
        ];
    };
}

kinds! {
    PersonEnrol: "a person is enrolled with an identity proof";
    PersonLeave: "a person may act no longer";
    KeyEnrol: "a person's key, with proof of possession";
    KeyEndorse: "an old key or another person vouches for a further key";
    KeyRevoke: "a key may sign no longer";
    RoleGrant: "a person holds a role";
    RoleRevoke: "a person holds a role no longer";
    DocumentApprove: "a document is approved at a content digest";
    TraceConfirm: "links are confirmed against the current text of both ends";
    RunImport: "a test report is imported";
    RunExecute: "a test protocol was executed by a person";
    DeviationRecord: "a planned case was not run or not passed, with reason";
    AnomalyReportV1: "an anomaly is reported, first form";
    AnomalyReport: "an anomaly is reported";
    AnomalyAmend: "fields of a report are corrected or completed";
    AnomalyMirror: "an anomaly is mirrored from a tracker's issue";
    AnomalyInvestigateV1: "an anomaly's cause and safety relevance, first form";
    AnomalyInvestigate: "an anomaly's cause and safety relevance";
    AnomalyAdvise: "parties are advised of a problem";
    AnomalyEvaluateV1: "an anomaly is evaluated for one release, first form";
    AnomalyEvaluate: "an anomaly is evaluated for one release";
    AnomalyField: "an anomaly is judged against a release in the field";
    AnomalyResolve: "an anomaly is corrected, or it is decided not to";
    AnomalyVerify: "a resolution is verified";
    AnomalyReopen: "a resolved anomaly is open again";
    ChangeOpenV1: "a change is requested, first form";
    ChangeOpen: "a change is requested";
    ChangeAnalyse: "the effects of a change are analysed";
    ChangeApprove: "a change request is approved";
    ChangeImplement: "commits implement a change";
    ChangeRegress: "which tests are run again after a change";
    ChangeReanalyse: "risk is analysed again for a change that touches a control";
    ChangeVerify: "a change is verified";
    ChangeClose: "a change request is closed";
    SoupReview: "published anomalies of a SOUP version were reviewed";
    SoupNone: "a software digest holds no third-party component";
    EvaluationRecord: "a person judged a clause over named evidence";
    WaiverGrant: "a finding is excepted, for a time and a reason";
    WaiverWithdraw: "a waiver excepts nothing any more";
    CommitObserve: "commits were first seen by the ledger, first form";
    CommitSee: "commits were first seen by the ledger, with the ids of their patches";
    ComplaintReceive: "a complaint came in";
    ComplaintInvestigate: "a complaint is investigated";
    ComplaintErase: "personal data of a complaint are deleted";
    ComplaintClose: "a complaint is closed";
    ReportabilityDecide: "a decision on reporting to an authority";
    FeedbackSource: "a source of feedback is registered";
    FeedbackEvaluate: "feedback of a source is evaluated";
    NoticeIssue: "users or regulators are told";
    InstallationFind: "a version is found installed";
    TrendReview: "a trend analysis is reviewed";
    ViewSave: "a question is saved under a name";
    ReleaseOpen: "a release is opened on frozen commits";
    ReleaseChecklist: "the 5.8.6 checklist of a release";
    ReleaseStage: "everything the archive will hold is collected";
    ReleaseGate: "a verdict of the gate";
    ReleaseSign: "a person signs the evidence manifest";
    ReleaseSeal: "the release is in the archive";
    ReleaseDeliver: "the signed manifest is published";
    ReleaseWithdraw: "a release is withdrawn";
    RebuildRecord: "a sealed release was built again";
    DrillRecord: "a scheduled rebuild of a random release";
    DeliveryCheck: "installed files were compared with the sealed manifest";
    CapaOpen: "a corrective action is opened";
    CapaStep: "work on a corrective action";
    CapaClose: "a corrective action is closed";
    ArchiveRehash: "every blob of the archive was read again";
    ArchiveDocuments: "what the archive's unsigned documents are";
    RetentionHold: "a legal hold is set or lifted";
    DataSetImport: "a data set of advisories is brought in";
    VulnerabilityScan: "components were looked up in pinned data sets";
    VulnerabilityAssess: "a vulnerability is judged for one version and release";
    VexImport: "a supplier's statement about vulnerabilities is brought in";
    VulnerabilityWatch: "the fielded releases were looked up in the advisories in force";
    SecurityTest: "results of a security test were brought in";
    SecurityJudge: "a result of a security test is judged";
    ImageVerify: "the signature of a base image was checked";
    SoupAttest: "published anomalies of a SOUP version were reviewed against a criterion";
    SbomImport: "somebody else's SBOM is brought in";
    SbomRetire: "an imported SBOM is no part of the product any more";
    DriftCheck: "an environment was compared with its declaration";
    LastPlaced: "the last device of a release was placed on the market";
    PersonTrain: "a person was trained for a role or on a document";
    RoleDelegate: "a person lets another act in their role until a day";
    AdministrationClose: "from here on only administrators administer, signed";
    LetterRecord: "the letter to an authority that electronic signatures are binding";
    DocumentSubmit: "an author puts a revision up for review";
    DocumentEffective: "an approved revision comes into effect on a day";
    DocumentObsolete: "a document is withdrawn";
    DocumentRead: "a person has read a revision and understood it";
    DocumentReview: "a document was reviewed periodically";
    DocumentExternal: "a procedure kept elsewhere, by revision and digest";
    CredentialInvite: "a person may enrol a password and a passkey, once and soon";
    CredentialEnrol: "a person signs by password and second factor";
    CredentialRevoke: "a password or token is taken no longer";
    PasskeyEnrol: "a person's passkey, with proof of possession";
    PasskeyRevoke: "a passkey is taken no longer";
    SignatureAssert: "a passkey confirmed a signature, its challenge being the signed statement";
    SessionOpen: "a person logged in";
    SessionKey: "a person was let into the API by their key";
    SessionClose: "a session ended";
    SessionRefuse: "a wrong password or code was given";
    AccountLock: "an account is locked, and people are alerted";
    AccountUnlock: "somebody else opens a locked account";
    TokenIssue: "a token for the server's API";
    TokenRevoke: "a token is taken no longer";
    SignatureRefuse: "a personal act was tried and refused";
    TrailReview: "a stretch of the audit trail was reviewed";
    TrailAccess: "records were exported, or sensitive ones read";
    TextCompare: "a server compared a text that was signed elsewhere with its own";
    LedgerAnchor: "a checkpoint was put outside of this ledger's reach";
    BackupMake: "a backup was made and verified";
    BackupRestore: "the ledger was restored from a backup";
}

/// What is known of a kind, or `None` where this version does not know it.
pub fn kind_info(kind: &str) -> Option<&'static KindInfo> {
    KINDS.iter().find(|k| k.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_unique_and_carry_their_version() {
        let mut seen = std::collections::BTreeSet::new();
        for k in KINDS {
            assert!(seen.insert(k.kind), "{} is listed twice", k.kind);
            let parts: Vec<&str> = k.kind.split('/').collect();
            assert_eq!(parts.len(), 3, "{}", k.kind);
            assert!(parts[2].starts_with('v'), "{}", k.kind);
        }
    }
}

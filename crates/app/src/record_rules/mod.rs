//! What a record has to fulfil before it is appended, kind by kind: fields that say something, an order of steps, ends that are not
//! yet reached. The fold says whether an entry counts; these rules say whether the state lets it be made now.
//!
//! They are asked at every append ([`crate::Workspace::append`]), before a person signs, and for what a client proposes to a
//! server: a local command and a forged proposal meet the same rule. They read the state and `dossier.toml`, no file and no
//! repository; what has to be computed from those, a server computes in [`crate::over_api`].

mod anomalies;
mod changes;
mod complaints;
mod people;
mod releases;

use crate::error::{Error, Result};
use crate::people::said;
use crate::workspace::Workspace;
use ledger::Draft;
pub(crate) use people::INVITATION_HOURS_MAX;
use records::*;
use serde_json::Value;
use vocabulary::Date;

/// What a rule looks at.
pub(crate) struct Cx<'a> {
    /// The product, for its configuration and the day.
    ws: &'a Workspace,
    /// The state before the record.
    pub(crate) state: &'a State,
    /// The record.
    draft: &'a Draft,
    /// Everything that is appended with it.
    batch: &'a [Draft],
}

impl Cx<'_> {
    fn body<R: Record>(&self) -> Result<R> {
        body(self.draft)
    }

    fn today(&self) -> Result<Date> {
        self.ws.clock.today(&self.ws.config.product.timezone)
    }

    /// Whether a tracker brings this anomaly up to date in the same append: its fields are the tracker's, missing ones are
    /// findings of `check`.
    fn tracked(&self, anomaly: &str) -> bool {
        let names = |d: &Draft| d.body.get("anomaly").and_then(Value::as_str) == Some(anomaly);
        self.batch.iter().any(|d| d.kind == AnomalyMirror::KIND && names(d))
    }

    /// Whether a drill or a review of a trend that is appended with it names this corrective action.
    fn comes_with(&self, capa: &str) -> bool {
        let names = |d: &Draft| d.body.get("capa").and_then(Value::as_str) == Some(capa);
        self.batch
            .iter()
            .any(|d| [DrillRecord::KIND, TrendReview::KIND].contains(&d.kind.as_str()) && names(d))
    }
}

/// The body of a draft as its type.
pub(crate) fn body<R: Record>(draft: &Draft) -> Result<R> {
    serde_json::from_value(Value::Object(draft.body.clone()))
        .map_err(|e| Error::refused(format!("the body of `{}` does not fit the kind", draft.kind)).because(e))
}

/// How a record of a kind is judged before it is appended.
enum Judged {
    /// By this rule, and the fold.
    Rule(fn(&Cx<'_>) -> Result<()>),
    /// By the fold alone, for this reason.
    #[cfg_attr(not(test), expect(dead_code, reason = "for who reads it; a test asks that it is there"))]
    Fold(&'static str),
    /// Not at all: it is read in old ledgers and written no more.
    Old,
}

macro_rules! rules {
    ($($record:ident: $rule:path;)*) => {
        [$(($record::KIND, Judged::Rule(|cx| $rule(cx, &cx.body::<$record>()?)))),*]
    };
}

/// Rules of records whose only duty is that some fields say something: each field with what it is called where it does not.
macro_rules! says {
    ($($record:ident { $($field:ident: $what:literal),+ })*) => {
        [$(($record::KIND, Judged::Rule(|cx| {
            let body = cx.body::<$record>()?;
            $(said($what, &body.$field)?;)+
            Ok(())
        }))),*]
    };
}

macro_rules! by_the_fold {
    ($reason:literal: $($record:ident)*) => {
        [$(($record::KIND, Judged::Fold($reason))),*]
    };
}

static RULES: &[&[(&str, Judged)]] = &[
    &rules! {
        AnomalyReport: anomalies::report;
        AnomalyAmend: anomalies::amend;
        AnomalyMirror: anomalies::mirror;
        AnomalyInvestigate: anomalies::investigate;
        AnomalyAdvise: anomalies::advise;
        AnomalyEvaluate: anomalies::evaluate;
        AnomalyField: anomalies::field;
        AnomalyResolve: anomalies::resolve;
        AnomalyVerify: anomalies::verify;
        AnomalyReopen: anomalies::reopen;
        ChangeOpen: changes::open;
        ChangeAnalyse: changes::analyse;
        ChangeApprove: changes::approve;
        ChangeImplement: changes::implement;
        ChangeRegress: changes::regress;
        ChangeReanalyse: changes::reanalyse;
        ChangeVerify: changes::verify;
        ChangeClose: changes::close;
        ComplaintReceive: complaints::receive;
        ComplaintInvestigate: complaints::investigate;
        ComplaintClose: complaints::close;
        ReportabilityDecide: complaints::decide;
        CapaOpen: complaints::capa_open;
        CapaStep: complaints::capa_step;
        CapaClose: complaints::capa_close;
        FeedbackSource: complaints::source;
        FeedbackEvaluate: complaints::feedback;
        NoticeIssue: complaints::notice;
        TrendReview: complaints::trend;
        ReleaseOpen: releases::open;
        ReleaseDeliver: releases::deliver;
        ReleaseWithdraw: releases::withdraw;
        DeviationRecord: releases::deviation;
        RebuildRecord: releases::rebuild;
        DrillRecord: releases::drill;
        DeliveryCheck: releases::delivery_check;
        RunImport: releases::run;
        EvaluationRecord: releases::evaluation;
        WaiverGrant: releases::waiver;
        WaiverWithdraw: releases::waiver_withdraw;
        PersonEnrol: people::enrol;
        PersonTrain: people::train;
        RoleRevoke: people::revoke;
        CredentialInvite: people::invite;
        TokenIssue: people::token;
        DocumentApprove: people::document_approve;
        DocumentEffective: people::document_effective;
        DocumentRead: people::document_read;
        DocumentReview: people::document_review;
        DocumentExternal: people::document_external;
    },
    &says! {
        PersonLeave { reason: "a reason" }
        KeyEndorse { reason: "how you know" }
        KeyRevoke { reason: "a reason" }
        RoleGrant { role: "a role", reason: "a reason" }
        RoleDelegate { reason: "a reason" }
        AdministrationClose { reason: "a reason" }
        LetterRecord { authority: "the authority", reference: "the letter's reference" }
        TokenRevoke { reason: "a reason" }
        DocumentSubmit { revision: "a revision", reason: "what changed and why" }
        DocumentObsolete { reason: "a reason" }
        InstallationFind {
            installation: "where it is installed", version: "the version", found: "how it was found"
        }
    },
    &by_the_fold! { "how a ledger begins and changes its key is checked by form":
    KeyEnrol },
    &by_the_fold! { "the statement binds what was looked at; the record says nothing about other records":
    TraceConfirm RunExecute SoupReview SoupAttest SoupNone SecurityJudge VulnerabilityAssess RetentionHold LastPlaced
    PasskeyEnrol PasskeyRevoke SignatureAssert TrailReview AccountUnlock ReleaseChecklist },
    &by_the_fold! { "it says what was seen at one moment, and ends or begins nothing":
    CommitSee ViewSave DataSetImport VulnerabilityScan VulnerabilityWatch VexImport SecurityTest ImageVerify SbomImport
    SbomRetire DriftCheck TrailAccess SignatureRefuse ComplaintErase },
    &by_the_fold! { "the steps of a release have an order of their own (`release::steps`), asked where they are computed":
    ReleaseStage ReleaseGate ReleaseSign ReleaseSeal },
    &by_the_fold! { "this program makes it of itself, never anybody by hand":
    ArchiveRehash ArchiveDocuments TextCompare CredentialEnrol CredentialRevoke SessionOpen SessionKey SessionClose SessionRefuse AccountLock
    LedgerAnchor BackupMake BackupRestore },
    &[
        (ledger::GENESIS_KIND, Judged::Fold("a ledger begins once")),
        (ledger::ROTATE_KIND, Judged::Fold("the new key is signed by the old one, or by two persons")),
        (AnomalyReportV1::KIND, Judged::Old),
        (AnomalyInvestigateV1::KIND, Judged::Old),
        (AnomalyEvaluateV1::KIND, Judged::Old),
        (ChangeOpenV1::KIND, Judged::Old),
        (CommitObserve::KIND, Judged::Old),
    ],
];

fn judged(kind: &str) -> Option<&'static Judged> {
    RULES.iter().flat_map(|group| group.iter()).find(|(k, _)| *k == kind).map(|(_, j)| j)
}

/// Whether `draft`, one of `batch`, may be appended after `state`.
///
/// # Errors
/// With what it lacks.
pub(crate) fn check(ws: &Workspace, state: &State, draft: &Draft, batch: &[Draft]) -> Result<()> {
    match judged(&draft.kind) {
        Some(Judged::Rule(rule)) => rule(&Cx { ws, state, draft, batch }),
        Some(Judged::Old) => Err(Error::refused(format!(
            "`{}` is an earlier form: it is read in old ledgers and written no more",
            draft.kind
        ))
        .hint("bring the program that wrote it up to date")),
        // What no version knows, the fold refuses by name.
        Some(Judged::Fold(_)) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_judged_once_and_no_row_is_stale() {
        for kind in KINDS {
            let rows = RULES.iter().flat_map(|g| g.iter()).filter(|(k, _)| *k == kind.kind).count();
            assert_eq!(rows, 1, "{} has {rows} rows in RULES", kind.kind);
        }
        for (kind, judged) in RULES.iter().flat_map(|g| g.iter()) {
            assert!(KINDS.iter().any(|k| k.kind == *kind), "{kind} is no kind");
            if let Judged::Fold(reason) = judged {
                assert!(reason.len() > 15, "{kind}: say why");
            }
        }
    }

    /// Of two versions of an act only the newer is written, unless the two say different things.
    #[test]
    fn an_earlier_form_is_written_no_more() {
        let act = |k: &str| k.rsplit_once('/').map(|(a, v)| (a.to_owned(), v.to_owned())).unwrap_or_default();
        let beside = [SoupReview::KIND];
        for kind in KINDS {
            let (name, version) = act(kind.kind);
            let newer = KINDS.iter().map(|k| act(k.kind)).any(|(n, v)| n == name && v > version);
            let old = matches!(judged(kind.kind), Some(Judged::Old));
            assert_eq!(old, newer && !beside.contains(&kind.kind), "{}", kind.kind);
        }
    }
}

//! Use cases, noun first: what the product does, who may do it, and the only code that appends to the ledger.
//!
//! It is not a user interface: it prints nothing and asks nothing (long work reports through a callback). Everything that
//! is computed, it has the pure crates compute; what it adds is reading, writing, time and authority.

mod act;
mod ageing;
mod analysis;
mod anchors;
mod anomalies;
mod appointments;
mod archives;
mod authority;
mod backups;
mod blobs;
mod building;
mod changes;
mod checks;
mod classification;
mod clause_defence;
mod clause_library;
mod clock;
mod components;
#[cfg(test)]
mod coverage;
mod credentials;
mod document_control;
mod document_life;
mod dues;
mod error;
mod evaluations;
mod functions;
mod git_signatures;
mod histories;
mod house_rules;
mod imports;
mod init;
mod invitations;
mod key_sessions;
mod keys;
mod ledger_keys;
mod ledgers;
mod maintenance;
mod manual;
mod metrics;
mod notes;
mod observations;
mod over_api;
mod pages;
mod part11;
mod passkeys;
mod people;
mod person_report;
mod personal_data;
mod placed;
mod questions;

mod proposals;
mod rebuilds;
mod record_rules;
mod rehash;
mod releases;
mod reminders;
mod remote;
mod repository;
mod retry_after;
mod reviews;
mod runs;
mod security;
mod server_commands;
#[cfg(test)]
mod session_time_tests;
mod sessions;
mod shared_ledger;
mod signed_texts;
mod soups;
mod state_cache;
mod status;
mod steps;
mod trace_diff;
mod traces;
mod trackers;
mod trail;
mod trends;
mod trusted;
mod vulnerabilities;
mod waivers;
mod workspace;

pub use act::{Actor, Means};
pub use analysis::{Analysis, Inputs};
pub use anchors::{AnchorTo, Anchored, Fixed, ledger_anchor, ledger_anchor_due};
pub use anomalies::*;
pub use appointments::{
    Administrator, RoleRow, administration_close, letter_record, person_train, role_delegate, role_list,
};
pub use archives::{
    ArchiveRow, ArchiveVerified, archive_export, archive_hold, archive_list, archive_mirror, archive_put,
    archive_unpack, archive_verify,
};
pub use authority::{Permission, catalogue_of_permissions, permission, table as permission_table};
pub use backups::{Backup, backup, restore};
pub use changes::*;
pub use checks::{Checked, ClauseRow, FindingsForm, check, check_against, clause_list, explain};
pub use classification::{
    ClassAnswers, Classification, ClassifiedSituation, SITUATION_FIELDS, class_decide, class_write,
};
pub use clause_defence::{ClauseDefence, clause_defence};
pub use clause_library::{
    CitationsChecked, ClauseDetail, LibraryForm, StaleCitation, citations_check, clause_list_of, clause_map,
    clause_show, library_export, library_page,
};
pub use clock::Clock;
pub use credentials::{
    PASSWORD_DAYS, TokenSetup, account_unlock, credential_change, credential_enrol, credential_revoke,
    token_setup,
};
pub use document_control::{DocumentRow, document_approve, document_list};
pub use document_life::{
    DocumentHistory, DocumentStep, ExternalProcedure, document_effective, document_external,
    document_history, document_obsolete, document_read, document_review, document_submit,
};
pub use error::{Error, ErrorKind, Result};
pub use evaluations::{ClauseEvaluation, ClauseForm, clause_evaluate, clause_form};
pub use git_signatures::{GitSignature, GitSignatureRow, git_signatures};
pub use house_rules::{
    RuleList, RuleProblem, RuleRow, RuleTime, RulesTested, TestedRule, own_rule_explain, rules_list,
    rules_test, rules_time,
};
pub use init::{InitOptions, Made, init};
pub use invitations::{Invited, Joined, Joining, credential_invite, credential_join};
pub use key_sessions::{
    CHALLENGE_SECONDS, KeyDoor, LoginStatement, NAMESPACE as LOGIN_NAMESPACE, Opened, login_signers,
    sign_login,
};
pub use ledger_keys::ledger_rotate;
pub use ledgers::{
    LedgerProblem, LedgerVerified, LogRow, ledger_checkpoint, ledger_export, ledger_log, ledger_verify,
};
pub use maintenance::*;
pub use manual::{Attachment, ManualWalk, StepAnswer, WalkCase, WalkStep, Walked};
pub use metrics::{Metrics, MetricsOf, catalogue_of_metrics, metrics};
pub use monitoring::trend::{By, Group as TrendGroup, Point as TrendPoint, Trend};
pub use notes::{Notes, NotesOf, release_notes};
pub use observations::{Observed, change_observe};
pub use over_api::{OverApi, over_api};
pub use pages::{Form, LogQuery, PackageExport, Site, document_export, package_export};
pub use part11::catalogue_of_part_11;
pub use passkeys::{NewPasskey, PasskeyRow, passkey_enrol, passkey_list, passkey_revoke};
pub use people::{
    PersonRow, key_endorse, key_enrol, key_generate, key_revoke, only_role, person_enrol, person_leave,
    person_list, role_grant, role_revoke,
};
pub use person_report::{MeansRow, PersonReport, person_report};
pub use personal_data::{complaint_erase, complaint_personal};
pub use questions::{SignQuestion, document_question, release_question, sign_waiting};
pub use rebuilds::{Rebuilt, drill, rebuild};
pub use rehash::{ArchiveRehashed, archive_rehash};
pub use releases::*;
pub use reminders::{Digest as ReminderDigest, Reminding, Told, remind, reminders};
pub use remote::{
    Decided, Holder, Login, Proposed, RemoteLedger, RemoteOpener, RemoteTarget, server_append, token_holder,
    token_issue, token_revoke,
};
pub use reviews::{
    Adoption, Crosswalked, DRIVE_URL, Deciding, DocumentView, Drive, Endpoint, ForeignClause, GRAPH_URL,
    ReviewDesk, ReviewForm, ReviewPlace, ReviewRequest, STANDARDS, SharePoint, Through, crosswalked,
    endpoint_from_environment, outside, review_adopt, review_compare, review_decisions_form, review_read,
    review_render, review_run, standard_column,
};
pub use runs::{Imported, RunRow, TestContext, test_execute, test_import, test_list, test_show};
pub use security::*;
pub use server_commands::{ServerCommand, ServerDone, server_command};
pub use sessions::{SecondGiven, Session, Sessions};
pub use signing::webauthn::{Assertion, base64url, from_base64url};
pub use soups::*;
pub use state_cache::one_command_and_end;
pub use status::{NextRelease, OpenClause, Status, status};
pub use trace_diff::{ChangedItem, DiffItem, DiffLink, TraceDiff, trace_diff};
pub use traces::{
    ChainStep, ChainView, ConfirmScope, Confirmed, ItemRow, LinkRow, MatrixForm, trace_chain, trace_confirm,
    trace_items, trace_matrix,
};
pub use trackers::{
    HookCall, Taking, TrackerRow, TrackerSyncRow, TrackerSynced, tracker_import, tracker_status,
    tracker_sync, tracker_webhook,
};
pub use trail::{
    FieldChange, TrailAct, TrailForm, TrailQuery, TrailRow, export_noted, trail, trail_download,
    trail_export, trail_review, trail_text,
};
pub use trends::{TrendOf, TrendReviewed, anomaly_trend, anomaly_trend_pdf, trend_review};
pub use trusted::trusting;
pub use vulnerabilities::*;
pub use waivers::{WaiverRow, WaiverWithdrawal, waiver_grant, waiver_list, waiver_withdraw};
pub use workspace::{Appended, Workspace};

/// The forms of SBOM.
pub use product::SbomForm;
/// What an environment is observed with.
pub use soup::drift::{Difference as DriftDifference, Form as DriftForm};
pub use soup::sbom::is_advisory as is_advisory_field;

/// What reading one file of a review may cost.
pub use extract::Limits as ReviewLimits;
pub use extract::worker as extract_worker;
pub use ledger;
pub use records;
pub use review::{
    ClauseResult as ReviewClause, ConstraintResult as ReviewConstraint, DecisionKind, Quote as ReviewQuote,
    Review, Verdict as ReviewVerdict, passage_digest as review_passage_digest,
};
pub use rules::{catalogue_of_audit_findings, catalogue_of_clauses, catalogue_of_rules};
pub use views;
pub use vocabulary::{
    Date, Digest, Instant, ItemId, ParseClassError, ParseIdError, ParseTimeError, SafetyClass,
};

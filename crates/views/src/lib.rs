//! Read models: one plain struct for every page and every report.
//!
//! A view holds exactly what a renderer prints, already decided: no renderer computes a verdict, joins a list or
//! looks anything up. The same view is rendered as web page, Markdown, self-contained HTML and PDF/A, so that they
//! cannot say different things. Views are serialisable, because the PDF templates read them as JSON.
//!
//! It is not a rule, not a record and not a format: nothing here is stored, and no outside check reads this JSON.
//! All text is data (never markup) unless the field says Markdown.

mod anomaly;
mod clause;
mod document;
mod finding;
mod inputs;
mod item;
mod ledger;
mod matrix;
mod overview;
mod package;
mod page;
mod reference;
mod register;
mod release;
mod risk;
#[cfg(feature = "sample")]
pub mod sample;
mod security;
mod signature;
mod soup;
mod tests;
mod verdict;

pub use anomaly::{AnomalyEvaluation, AnomalyPage, AnomalyRow, AnomalySnapshot, ResidualAnomaly};
pub use clause::{ClauseList, ClausePage, ClauseRow};
pub use document::{
    AgileRow, ControlledDocument, Cover, DocumentList, DocumentRow, ItemDocument, ItemEntry, ItemSection,
    Picture, RevisionRow,
};
pub use finding::{FindingPlace, FindingRow, FindingsOverview};
pub use inputs::{Inputs, Mark, MarkKind};
pub use item::{ItemHistoryRow, ItemList, ItemPage, ItemRow, TraceChain, TraceEdge, TraceNode};
pub use ledger::{EntryPage, LedgerLog, LedgerRow};
pub use matrix::{LinkCell, LinkState, Matrix, MatrixRow, ResultCell};
pub use overview::{CoverageBar, Overview, SystemRow};
pub use package::{PackageDocument, PackageIndex, PackageSlot};
pub use page::{Badges, Page};
pub use reference::{Ref, RefKind};
pub use register::{Cell, Register, RegisterPage, RegisterRow, RegisterTable};
pub use release::{
    ArchiveFacts, BuildRecipe, ChangeRow, ChecklistLine, ConfigurationItem, DeliveryFacts, Deviation,
    Evidence, GatePage, GateSection, InputDigest, PlatformRow, ReleaseHeader, ReleaseList, ReleaseRecord,
    ReleaseRow, ReleaseState, SealedRecord, VersionHistoryRow, WaiverRow,
};
pub use risk::{Acceptability, RiskEstimate, RiskFile, RiskPage, RiskRow, RiskScale};
pub use security::{
    AdvisorySetRow, SecurityDocument, SecurityDuty, SecurityFile, SecurityTestRow, ThreatRow,
    VulnerabilityRow, WatchRow,
};
pub use signature::{Seat, Signature};
pub use soup::{DriftRow, KnownVulnerabilities, LicenceCount, ReviewDue, SoupList, SoupPage, SoupRow};
pub use tests::{CaseOutcome, CaseRow, Outcome, RunList, RunPage, RunRow, TestReport, TestSummary};
pub use verdict::{Verdict, tally};
/// The shared words that views hold, so that renderers need no other crate for them.
pub use vocabulary::{Date, Digest, Instant, SafetyClass};

//! Where the pages get their content from: one method per page.

use views::{
    AnomalyPage, AnomalySnapshot, ClauseList, ClausePage, ControlledDocument, Date, DocumentList, EntryPage,
    FindingsOverview, GatePage, ItemList, ItemPage, LedgerLog, Matrix, Overview, Page, Register,
    RegisterPage, ReleaseList, ReleaseRecord, RiskPage, RunList, RunPage, SealedRecord, SecurityFile,
    SoupList, SoupPage,
};

/// The point in time that a reader asks for. All `None` is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct At {
    /// `?at=`: a revision; `None` reads the work tree.
    pub at: Option<String>,
    /// `?ledger_at=`: a ledger position.
    pub ledger_at: Option<u64>,
    /// `?as_of=`: the date for ages and expiries.
    pub as_of: Option<Date>,
}

/// Which entries of the ledger a reader asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// The beginning of the kind, `anomaly/`; empty for all.
    pub kind: String,
    /// The id that the entries are about, `CR-7`; empty for all.
    pub about: String,
    /// How many matching entries to skip, from the newest.
    pub first: usize,
    /// How many to give at most.
    pub limit: usize,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing has this id. The text says what was looked for.
    #[error("{0}")]
    NotFound(String),
    /// The point in time does not exist: unknown revision, position beyond the end. The text says what to write.
    #[error("{0}")]
    NoSuchTime(String),
    /// It could not be computed. The cause is logged, the reader sees its text.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A result that is a page.
pub type PageResult<T> = Result<Page<T>, SourceError>;

/// What the pages are made of. Every method is a pure function of the point in time and the id, may block, and gives
/// all rows: filtering and paging is the pages' own.
pub trait Source: Send + Sync + 'static {
    /// The first page.
    fn overview(&self, at: &At) -> PageResult<Overview>;
    /// All findings, worst first.
    fn findings(&self, at: &At) -> PageResult<FindingsOverview>;
    /// All items.
    fn items(&self, at: &At) -> PageResult<ItemList>;
    /// One item.
    fn item(&self, at: &At, id: &str) -> PageResult<ItemPage>;
    /// The traceability matrix.
    fn matrix(&self, at: &At) -> PageResult<Matrix>;
    /// The risk chains.
    fn risk(&self, at: &At) -> PageResult<RiskPage>;
    /// The cybersecurity file.
    fn security(&self, at: &At) -> PageResult<SecurityFile>;
    /// The SOUP register.
    fn soup(&self, at: &At) -> PageResult<SoupList>;
    /// One SOUP item.
    fn soup_item(&self, at: &At, id: &str) -> PageResult<SoupPage>;
    /// All anomalies.
    fn anomalies(&self, at: &At) -> PageResult<AnomalySnapshot>;
    /// One anomaly.
    fn anomaly(&self, at: &At, id: &str) -> PageResult<AnomalyPage>;
    /// All change requests.
    fn changes(&self, at: &At) -> PageResult<Register>;
    /// One change request.
    fn change(&self, at: &At, id: &str) -> PageResult<RegisterPage>;
    /// All complaints.
    fn complaints(&self, at: &At) -> PageResult<Register>;
    /// One complaint.
    fn complaint(&self, at: &At, id: &str) -> PageResult<RegisterPage>;
    /// What became known of a sealed release after its seal.
    fn addendum(&self, at: &At, version: &str) -> PageResult<Register>;
    /// All controlled documents.
    fn documents(&self, at: &At) -> PageResult<DocumentList>;
    /// One controlled document.
    fn document(&self, at: &At, id: &str) -> PageResult<ControlledDocument>;
    /// All releases, newest first.
    fn releases(&self, at: &At) -> PageResult<ReleaseList>;
    /// The gate of one release.
    fn release(&self, at: &At, version: &str) -> PageResult<GatePage>;
    /// The record of one release.
    fn release_record(&self, at: &At, version: &str) -> PageResult<ReleaseRecord>;
    /// The archived record of a release that was sealed under another rule set and cannot be judged here; none for all
    /// others, whose pages are [`Source::release`] and [`Source::release_record`].
    fn sealed_record(&self, at: &At, version: &str) -> Result<Option<Page<SealedRecord>>, SourceError> {
        let _ = (at, version);
        Ok(None)
    }
    /// The figures of the life cycle with their course.
    fn metrics(&self, at: &At) -> PageResult<app::Metrics> {
        let _ = at;
        Err(SourceError::NotFound("There are no figures of this source.".to_owned()))
    }
    /// What changed from one release to another.
    fn release_diff(&self, at: &At, from: &str, to: &str) -> PageResult<app::ReleaseDiff> {
        let _ = at;
        Err(SourceError::NotFound(format!("There is no comparison of {from} and {to}.")))
    }
    /// All corrective actions.
    fn capas(&self, at: &At) -> PageResult<Register>;
    /// One corrective action.
    fn capa(&self, at: &At, id: &str) -> PageResult<RegisterPage>;
    /// All sources of feedback.
    fn feedback(&self, at: &At) -> PageResult<Register>;
    /// What a change request touches.
    fn impact(&self, at: &At, id: &str) -> PageResult<RegisterPage>;
    /// The trend of all anomalies over a year, by `item`, `category`, `version`, `severity` or nothing.
    fn trend(&self, at: &At, by: &str) -> PageResult<app::Trend>;
    /// A draft of a release's notes: for users, or on security.
    fn notes(&self, at: &At, version: &str, security: bool) -> PageResult<app::Notes>;
    /// All clauses.
    fn clauses(&self, at: &At) -> PageResult<ClauseList>;
    /// One clause, `62304:5.8.3`.
    fn clause(&self, at: &At, id: &str) -> PageResult<ClausePage>;
    /// All test runs, newest first.
    fn runs(&self, at: &At) -> PageResult<RunList>;
    /// One test run.
    fn run(&self, at: &At, id: &str) -> PageResult<RunPage>;
    /// A stretch of the ledger, newest first.
    fn ledger(&self, at: &At, filter: &LogFilter) -> PageResult<LedgerLog>;
    /// One entry.
    fn entry(&self, at: &At, seq: u64) -> PageResult<EntryPage>;
}

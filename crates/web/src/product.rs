//! A product on disk as the source of the pages.

use app::{ErrorKind, LogQuery, Site};
use views::{
    AnomalyPage, AnomalySnapshot, ClauseList, ClausePage, ControlledDocument, DocumentList, EntryPage,
    FindingsOverview, GatePage, ItemList, ItemPage, LedgerLog, Matrix, Overview, Page, Register,
    RegisterPage, ReleaseList, ReleaseRecord, RiskPage, RunList, RunPage, SealedRecord, SecurityFile,
    SoupList, SoupPage,
};

use crate::source::{At, LogFilter, PageResult, Source, SourceError};

/// The pages of a product, computed by the use cases.
#[derive(Debug)]
pub struct ProductSource(Site);

impl ProductSource {
    /// The source for this product.
    pub fn new(site: Site) -> ProductSource {
        ProductSource(site)
    }
}

fn inputs(at: &At) -> app::Inputs {
    app::Inputs { at: at.at.clone(), ledger_at: at.ledger_at, as_of: at.as_of }
}

/// What was asked for may not exist; everything else is this side's fault.
fn failed(error: app::Error, at: &At) -> SourceError {
    if error.kind == ErrorKind::Refused && *at != At::default() {
        let hints = error.hints.iter().map(|hint| format!(" {hint}.")).collect::<String>();
        return SourceError::NoSuchTime(format!("{error}.{hints}"));
    }
    SourceError::Failed(Box::new(error))
}

fn list<T>(at: &At, page: app::Result<Page<T>>) -> PageResult<T> {
    page.map_err(|error| failed(error, at))
}

fn one<T>(at: &At, what: &str, id: &str, page: app::Result<Option<Page<T>>>) -> PageResult<T> {
    let page = page.map_err(|error| failed(error, at))?;
    page.ok_or_else(|| SourceError::NotFound(format!("There is no {what} {id} at this point in time.")))
}

impl Source for ProductSource {
    fn overview(&self, at: &At) -> PageResult<Overview> {
        list(at, self.0.overview(&inputs(at)))
    }

    fn findings(&self, at: &At) -> PageResult<FindingsOverview> {
        list(at, self.0.findings(&inputs(at)))
    }

    fn items(&self, at: &At) -> PageResult<ItemList> {
        list(at, self.0.items(&inputs(at)))
    }

    fn item(&self, at: &At, id: &str) -> PageResult<ItemPage> {
        one(at, "item", id, self.0.item(&inputs(at), id))
    }

    fn matrix(&self, at: &At) -> PageResult<Matrix> {
        list(at, self.0.matrix(&inputs(at)))
    }

    fn risk(&self, at: &At) -> PageResult<RiskPage> {
        list(at, self.0.risk(&inputs(at)))
    }

    fn security(&self, at: &At) -> PageResult<SecurityFile> {
        list(at, self.0.security(&inputs(at)))
    }

    fn soup(&self, at: &At) -> PageResult<SoupList> {
        list(at, self.0.soup(&inputs(at)))
    }

    fn soup_item(&self, at: &At, id: &str) -> PageResult<SoupPage> {
        one(at, "SOUP item", id, self.0.soup_item(&inputs(at), id))
    }

    fn anomalies(&self, at: &At) -> PageResult<AnomalySnapshot> {
        list(at, self.0.anomalies(&inputs(at)))
    }

    fn anomaly(&self, at: &At, id: &str) -> PageResult<AnomalyPage> {
        one(at, "anomaly", id, self.0.anomaly(&inputs(at), id))
    }

    fn changes(&self, at: &At) -> PageResult<Register> {
        list(at, self.0.changes(&inputs(at)))
    }

    fn change(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        one(at, "change request", id, self.0.change(&inputs(at), id))
    }

    fn complaints(&self, at: &At) -> PageResult<Register> {
        list(at, self.0.complaints(&inputs(at)))
    }

    fn complaint(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        one(at, "complaint", id, self.0.complaint(&inputs(at), id))
    }

    fn capas(&self, at: &At) -> PageResult<Register> {
        list(at, self.0.capas(&inputs(at)))
    }

    fn capa(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        one(at, "corrective action", id, self.0.capa(&inputs(at), id))
    }

    fn feedback(&self, at: &At) -> PageResult<Register> {
        list(at, self.0.feedback(&inputs(at)))
    }

    fn impact(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        one(at, "change request", id, self.0.impact(&inputs(at), id))
    }

    fn trend(&self, at: &At, by: &str) -> PageResult<app::Trend> {
        list(at, self.0.trend(&inputs(at), by))
    }

    fn notes(&self, at: &At, version: &str, security: bool) -> PageResult<app::Notes> {
        one(at, "release", version, self.0.notes(&inputs(at), version, security))
    }

    fn addendum(&self, at: &At, version: &str) -> PageResult<Register> {
        one(at, "addendum of a sealed release", version, self.0.addendum(&inputs(at), version))
    }

    fn documents(&self, at: &At) -> PageResult<DocumentList> {
        list(at, self.0.documents(&inputs(at)))
    }

    fn document(&self, at: &At, id: &str) -> PageResult<ControlledDocument> {
        one(at, "controlled document", id, self.0.document(&inputs(at), id))
    }

    fn releases(&self, at: &At) -> PageResult<ReleaseList> {
        list(at, self.0.releases(&inputs(at)))
    }

    fn release(&self, at: &At, version: &str) -> PageResult<GatePage> {
        one(at, "release", version, self.0.release(&inputs(at), version))
    }

    fn release_record(&self, at: &At, version: &str) -> PageResult<ReleaseRecord> {
        one(at, "release", version, self.0.release_record(&inputs(at), version))
    }

    fn sealed_record(&self, at: &At, version: &str) -> Result<Option<Page<SealedRecord>>, SourceError> {
        self.0.sealed_record(&inputs(at), version).map_err(|error| failed(error, at))
    }

    fn metrics(&self, at: &At) -> PageResult<app::Metrics> {
        list(at, self.0.metrics(&inputs(at)))
    }

    fn release_diff(&self, at: &At, from: &str, to: &str) -> PageResult<app::ReleaseDiff> {
        one(at, "pair of releases", &format!("{from} and {to}"), self.0.release_diff(&inputs(at), from, to))
    }

    fn clauses(&self, at: &At) -> PageResult<ClauseList> {
        list(at, self.0.clauses(&inputs(at)))
    }

    fn clause(&self, at: &At, id: &str) -> PageResult<ClausePage> {
        one(at, "clause", id, self.0.clause(&inputs(at), id))
    }

    fn runs(&self, at: &At) -> PageResult<RunList> {
        list(at, self.0.runs(&inputs(at)))
    }

    fn run(&self, at: &At, id: &str) -> PageResult<RunPage> {
        one(at, "test run", id, self.0.run(&inputs(at), id))
    }

    fn ledger(&self, at: &At, filter: &LogFilter) -> PageResult<LedgerLog> {
        let query = LogQuery {
            kind: filter.kind.clone(),
            about: filter.about.clone(),
            first: filter.first,
            limit: filter.limit,
        };
        list(at, self.0.ledger(&inputs(at), &query))
    }

    fn entry(&self, at: &At, seq: u64) -> PageResult<EntryPage> {
        one(at, "entry", &seq.to_string(), self.0.entry(&inputs(at), seq))
    }
}

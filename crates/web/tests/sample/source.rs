//! A source that knows one made-up product.

use views::sample::Sample;
use views::{
    AnomalyPage, AnomalySnapshot, ClauseList, ClausePage, ControlledDocument, DocumentList, EntryPage,
    FindingsOverview, GatePage, ItemList, ItemPage, LedgerLog, Matrix, Overview, Register, RegisterPage,
    ReleaseList, ReleaseRecord, RiskPage, RunList, RunPage, SecurityFile, SoupList, SoupPage,
};
use web::{At, LogFilter, PageResult, Source, SourceError};

pub(crate) struct SampleSource {
    pub(crate) sample: Sample,
    pub(crate) rows: usize,
}

impl SampleSource {
    /// A text, hostile where the sample is.
    fn word(&self, text: &str) -> String {
        if self.sample.hostile { format!("{text}</td><script>alert(1)</script>\"'") } else { text.to_owned() }
    }

    fn page<T>(&self, at: &At, body: T) -> PageResult<T> {
        if at.ledger_at.is_some_and(|position| position > 1284) {
            return Err(SourceError::NoSuchTime(
                "The ledger has 1284 entries; write a position up to that.".into(),
            ));
        }
        if at.at.as_deref() == Some("broken") {
            return Err(SourceError::Failed("the object <b>9f3c</b> cannot be read".into()));
        }
        assert_ne!(at.at.as_deref(), Some("panic"), "a fault on purpose");
        Ok(self.sample.page(body))
    }
}

impl Source for SampleSource {
    fn overview(&self, at: &At) -> PageResult<Overview> {
        self.page(at, self.sample.overview())
    }
    fn findings(&self, at: &At) -> PageResult<FindingsOverview> {
        self.page(at, self.sample.findings())
    }
    fn items(&self, at: &At) -> PageResult<ItemList> {
        self.page(at, self.sample.items())
    }
    fn item(&self, at: &At, id: &str) -> PageResult<ItemPage> {
        if id.starts_with("SRS-999") {
            return Err(SourceError::NotFound(format!("No item has the id {id}.")));
        }
        self.page(at, self.sample.item())
    }
    fn matrix(&self, at: &At) -> PageResult<Matrix> {
        self.page(at, self.sample.matrix(self.rows))
    }
    fn risk(&self, at: &At) -> PageResult<RiskPage> {
        self.page(at, self.sample.risk())
    }
    fn security(&self, at: &At) -> PageResult<SecurityFile> {
        self.page(at, self.sample.security())
    }
    fn soup(&self, at: &At) -> PageResult<SoupList> {
        self.page(at, self.sample.soup())
    }
    fn soup_item(&self, at: &At, _id: &str) -> PageResult<SoupPage> {
        self.page(at, self.sample.soup_item())
    }
    fn metrics(&self, at: &At) -> PageResult<app::Metrics> {
        self.page(at, app::Metrics::of_nothing(&self.word("triage"), self.sample.page(()).inputs.as_of))
    }
    fn release_diff(&self, at: &At, from: &str, to: &str) -> PageResult<app::ReleaseDiff> {
        let row = |became: &'static str| app::DiffRow {
            id: self.word("SRS-012"),
            became,
            title: self.word("Offer the pediatric pathway"),
            details: vec![self.word("text changed")],
            changes: vec![self.word("CR-7")],
        };
        let rows = vec![row("added"), row("removed"), row("changed")];
        let change = app::DiffChange {
            change: "CR-7".into(),
            title: self.word("A pathway"),
            category: "perfective".into(),
            state: "verified".into(),
            answers: vec![self.word("A-1")],
            commits: vec!["9f3c".into()],
        };
        let diff = app::ReleaseDiff {
            format: "dossier/release-diff/v1",
            from: from.to_owned(),
            to: to.to_owned(),
            from_commit: String::new(),
            to_commit: String::new(),
            changes: std::collections::BTreeMap::new(),
            change_requests: vec![change],
            uncovered: vec![self.word("9f3c a commit")],
            history_missing: self.word("a shallow clone"),
            sections: vec![
                app::DiffSection { what: "items", rows },
                app::DiffSection { what: "people", rows: vec![] },
            ],
        };
        self.page(at, diff)
    }
    fn anomalies(&self, at: &At) -> PageResult<AnomalySnapshot> {
        self.page(at, self.sample.anomalies())
    }
    fn anomaly(&self, at: &At, _id: &str) -> PageResult<AnomalyPage> {
        self.page(at, self.sample.anomaly_page())
    }
    fn changes(&self, at: &At) -> PageResult<Register> {
        self.page(at, self.sample.register("Changes"))
    }
    fn change(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        self.page(at, self.sample.register_page(views::Ref::new(views::RefKind::Change, id)))
    }
    fn complaints(&self, at: &At) -> PageResult<Register> {
        self.page(at, self.sample.register("Complaints"))
    }
    fn complaint(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        self.page(at, self.sample.register_page(views::Ref::new(views::RefKind::Complaint, id)))
    }
    fn capas(&self, at: &At) -> PageResult<Register> {
        self.page(at, self.sample.register("Corrective actions"))
    }
    fn capa(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        self.page(at, self.sample.register_page(views::Ref::new(views::RefKind::Capa, id)))
    }
    fn feedback(&self, at: &At) -> PageResult<Register> {
        self.page(at, self.sample.register("Feedback"))
    }
    fn impact(&self, at: &At, id: &str) -> PageResult<RegisterPage> {
        self.page(at, self.sample.register_page(views::Ref::new(views::RefKind::Change, id)))
    }
    fn trend(&self, at: &At, _by: &str) -> PageResult<app::Trend> {
        let point = |month: &str, count: u64, above: bool| app::TrendPoint {
            month: month.to_owned(),
            count,
            opportunity: 1.0,
            rate: count as f64,
            upper: 6.5,
            lower: 0.0,
            above,
        };
        let group = app::TrendGroup {
            group: self.word("ITM-rules"),
            total: 10,
            centre: 2.5,
            points: vec![point("2026-01", 2, false), point("2026-02", 8, true)],
            adverse: vec![self.word("2026-02 lies above the upper limit")],
        };
        let day = |text: &str| text.parse::<views::Date>().unwrap();
        let trend = app::Trend {
            format: "dossier/trend/v1",
            from: day("2026-01-01"),
            to: day("2026-02-28"),
            query: String::new(),
            method: "u-chart",
            groups: vec![group],
        };
        self.page(at, trend)
    }
    fn notes(&self, at: &At, version: &str, _security: bool) -> PageResult<app::Notes> {
        let markdown = format!(
            "---\ntitle: n\n---\n<!-- draft -->\n\n# {}\n\n- {}\n",
            self.word("Notes"),
            self.word("AN-7")
        );
        let path = "releases/release-notes.md".to_owned();
        self.page(at, app::Notes { document: format!("DOC-RN-{version}"), since: None, path, markdown })
    }
    fn addendum(&self, at: &At, version: &str) -> PageResult<Register> {
        self.page(at, self.sample.register(&format!("Addendum to release {version}")))
    }
    fn documents(&self, at: &At) -> PageResult<DocumentList> {
        self.page(at, self.sample.documents())
    }
    fn document(&self, at: &At, _id: &str) -> PageResult<ControlledDocument> {
        self.page(at, self.sample.document())
    }
    fn releases(&self, at: &At) -> PageResult<ReleaseList> {
        self.page(at, self.sample.releases())
    }
    fn release(&self, at: &At, _version: &str) -> PageResult<GatePage> {
        self.page(at, self.sample.gate())
    }
    fn release_record(&self, at: &At, _version: &str) -> PageResult<ReleaseRecord> {
        self.page(at, self.sample.release_record())
    }
    fn clauses(&self, at: &At) -> PageResult<ClauseList> {
        self.page(at, self.sample.clauses())
    }
    fn clause(&self, at: &At, _id: &str) -> PageResult<ClausePage> {
        self.page(at, self.sample.clause())
    }
    fn runs(&self, at: &At) -> PageResult<RunList> {
        self.page(at, self.sample.run_list())
    }
    fn run(&self, at: &At, id: &str) -> PageResult<RunPage> {
        let run = self.sample.run().ok_or_else(|| SourceError::NotFound(id.to_owned()))?;
        self.page(at, run)
    }
    fn ledger(&self, at: &At, _filter: &LogFilter) -> PageResult<LedgerLog> {
        self.page(at, self.sample.ledger())
    }
    fn entry(&self, at: &At, seq: u64) -> PageResult<EntryPage> {
        let entry = self.sample.entry().ok_or_else(|| SourceError::NotFound(seq.to_string()))?;
        self.page(at, entry)
    }
}

//! Results, components and history of a case.

use super::{read, software};
use crate::cases::parse::Case;
use model::components::{Component, ComponentGraph, ComponentKind, SourceLine};
use model::history::{History, Tie, Touched};
use model::results::{
    Configuration, Counts, ItemEvidence, Joined, Origin, Outcome, ResultRef, Results, Run, RunFacts,
    SoftwareEvidence, TestResult,
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use vocabulary::Instant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultsBlock {
    pub(super) result: Vec<ResultRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultRow {
    item: String,
    pub(super) outcome: String,
    #[serde(default)]
    pub(super) software: Option<String>,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    tools: Option<Vec<String>>,
    #[serde(default)]
    person: Option<String>,
    /// The number of the run's entry.
    #[serde(default)]
    pub(super) seq: u64,
    /// What the run's record says that the report has; what it has where nothing is said.
    #[serde(default)]
    pub(super) stated: Option<u64>,
    /// What the report says of the result.
    #[serde(default)]
    message: String,
    /// The outcome of a later result of the same run, which then decides.
    #[serde(default)]
    pub(super) then: Option<String>,
    /// The commit that the run's record names; `none` for none.
    #[serde(default)]
    pub(super) commit: Option<String>,
}

/// One run for each result.
pub(super) fn results(case: &Case) -> Option<Joined> {
    let mut joined = Joined::default();
    let mut items = HashMap::<String, Vec<SoftwareEvidence>>::new();
    for (n, row) in read::<ResultsBlock>(case, "results")?.result.into_iter().enumerate() {
        let named = |name: &str| Outcome::ALL.into_iter().find(|o| o.as_str() == name).expect("an outcome");
        let first = named(&row.outcome);
        let outcomes: Vec<Outcome> =
            [Some(first), row.then.as_deref().map(named)].into_iter().flatten().collect();
        let mut table = Results::with_capacity(outcomes.len(), 8);
        for outcome in &outcomes {
            let result = TestResult {
                class: "",
                name: "the_test",
                outcome: *outcome,
                duration: None,
                message: &row.message,
                flaky: false,
                verifies: "",
            };
            table.push(result).expect("it fits");
        }
        let deciding = *outcomes.last().expect("one outcome");
        let facts = RunFacts {
            id: format!("RUN-{n}"),
            software: software(row.software.as_deref().unwrap_or("released")),
            version: "2.4.0".into(),
            configuration: Configuration { hardware: "host".into(), software: "Linux".into() },
            tools: row.tools.unwrap_or_else(|| vec!["runner 1.0".into()]),
            at: Instant::from_millis(0),
            position: row.seq,
            person: row.person.unwrap_or_else(|| "qa-lead".into()),
            origin: match row.origin.as_deref() {
                Some("uploaded") => Origin::UploadedByHand,
                _ => Origin::ExecutedByDossier,
            },
            report: software("report"),
        };
        let places: Vec<ResultRef> =
            (0..outcomes.len()).map(|row| ResultRef { run: n as u32, row: row as u32 }).collect();
        items.entry(row.item).or_default().push(SoftwareEvidence {
            software: facts.software,
            deciding: *places.last().expect("one result"),
            results: places,
            counts: Counts::from_iter([deciding]),
            newest_run: n as u32,
            superseded_failures: outcomes.len() - 1,
        });
        joined.runs.push(Run { facts, results: table });
    }
    for (item, by_software) in items {
        joined.items.insert(item.parse().expect("an id"), ItemEvidence { by_software });
    }
    Some(joined)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentsBlock {
    component: Vec<ComponentRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentRow {
    purl: String,
    #[serde(default)]
    kind: Option<String>,
    licence: Option<String>,
}

pub(super) fn components(case: &Case) -> Option<ComponentGraph> {
    let rows = read::<ComponentsBlock>(case, "components")?.component;
    let component = |row: ComponentRow| {
        let (before, version) = row.purl.rsplit_once('@').expect("a purl with its version");
        Component {
            name: before.rsplit('/').next().unwrap_or(before).to_owned(),
            version: version.to_owned(),
            supplier: None,
            licences: row.licence.into_iter().collect(),
            hashes: Vec::new(),
            kind: if row.kind.as_deref() == Some("dev") { ComponentKind::Dev } else { ComponentKind::Direct },
            optional: false,
            download: None,
            targets: Vec::new(),
            source: SourceLine { file: "Cargo.lock".into(), line: 3 },
            purl: row.purl,
            ..Component::default()
        }
    };
    Some(ComponentGraph::new(rows.into_iter().map(component).collect(), Vec::new()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryBlock {
    #[serde(default)]
    commit: Vec<CommitRow>,
    #[serde(default)]
    touched: BTreeMap<String, TouchedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitRow {
    id: String,
    #[serde(default)]
    changes: Vec<String>,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    touches: Vec<String>,
    observed: Option<u64>,
    #[serde(default)]
    at_release: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TouchedRow {
    #[serde(default)]
    items: Vec<String>,
    #[serde(default)]
    controls: Vec<String>,
    #[serde(default)]
    class: bool,
    #[serde(default)]
    soup: Vec<String>,
}

/// Commits after a baseline 2.3.0, and what changes touched.
pub(super) fn history(case: &Case) -> Option<History> {
    let block: HistoryBlock = read(case, "history")?;
    let ids = |list: &[String]| list.iter().map(|i| i.parse().expect("an id")).collect();
    let commit = |c: CommitRow| model::history::Commit {
        id: c.id,
        summary: "a commit".into(),
        changes: c.changes.into_iter().map(|id| (id, Tie::Trailer)).collect(),
        unknown: c.unknown,
        touches: c.touches,
        observed: c.observed,
        at_release: c.at_release,
    };
    let touched = |(id, t): (String, TouchedRow)| {
        let touched = Touched {
            items: ids(&t.items),
            controls: ids(&t.controls),
            class: t.class,
            soup: t.soup,
            ..Touched::default()
        };
        (id, touched)
    };
    Some(History {
        baseline: "2.3.0".into(),
        from: "c0ffee".into(),
        to: "beef".into(),
        missing: None,
        commits: block.commit.into_iter().map(commit).collect(),
        touched: block.touched.into_iter().map(touched).collect(),
    })
}

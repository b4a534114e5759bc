//! From a case to a snapshot: documents and configuration are parsed as in a product; records, results and components are
//! made from short TOML.

use super::parse::Case;
use crate::registry::Rule;
use crate::snapshot::{
    ArchiveReadiness, Inputs, Previous, ReleaseContext, ReleaseTag, Snapshot, TagStanding,
};
use documents::{Blob, Content, Documents};
use model::class::{Approval, Classes};
use model::components::{Component, ComponentGraph, ComponentKind, SourceLine};
use model::history::{History, Tie, Touched};
use model::results::{
    Configuration, Counts, ItemEvidence, Joined, Origin, Outcome, ResultRef, Results, Run, RunFacts,
    SoftwareEvidence, TestResult,
};
use model::{Item, Model, TrustStamps};
use product::Config;
use records::state::{Anomaly, Capa, Change, Complaint, Key, Observation, Person, Release, RoleHeld, Source};
use records::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use vocabulary::{Date, Digest, Instant};

/// The release that rules of the gate judge.
const VERSION: &str = "2.4.0";

/// Everything that a snapshot borrows.
pub(super) struct Stage {
    pub(super) config: Config,
    documents: Documents,
    model: Model,
    classes: Classes,
    state: Option<State>,
    results: Option<Joined>,
    components: Option<ComponentGraph>,
    history: Option<History>,
    archive: Option<ArchiveReadiness>,
    tags: Vec<ReleaseTag>,
    software: Option<Digest>,
    previous: Option<Model>,
    dependencies: Vec<crate::snapshot::SourceDependency>,
}

impl Stage {
    pub(super) fn of(rule: &Rule, case: &Case) -> Stage {
        let config_text =
            case.block("dossier.toml").unwrap_or("[product]\nname = \"case\"\nprofile = \"standard\"\n");
        let (mut config, wrong) = product::parse(config_text, "dossier.toml");
        assert!(wrong.iter().all(|d| d.rule != "R0010" && d.rule != "R0011"), "{}: {wrong:?}", case.title);
        if !config.is_set("product.profile") {
            config.product.profile = product::Profile::Standard;
        }
        let (documents, model) = documents(case, &config);
        let gate = rule.meta.gate || case.block("release").is_some();
        let has_ledger = gate || ["records", "problems"].iter().any(|b| case.block(b).is_some());
        let digest_of = |name: &str| {
            let document = || documents.controlled.iter().find(|d| d.id.as_str() == name).map(|d| d.digest);
            model.by_id(name).map(|i| i.digest).or_else(document)
        };
        let state = has_ledger.then(|| {
            let mut ledger = Ledger { state: State::default(), digest_of: &digest_of };
            if gate {
                ledger.release(case);
            }
            ledger.records(case);
            ledger.runs(case);
            ledger.state
        });
        // Outside the rules about classes, what is recorded counts as approved.
        let strict = rule.group == "s4_general";
        let approval = |item: &Item| match &state {
            Some(s) if strict && s.approvals_of(item.id.as_str(), item.digest).next().is_none() => {
                Approval::Missing
            }
            _ => Approval::Approved,
        };
        let classes = Classes::new(&model, config.product.class, &approval);
        Stage {
            results: results(case),
            components: components(case),
            history: history(case),
            archive: gate.then(|| archive(case)),
            tags: gate.then(|| tag(case)).into_iter().collect(),
            previous: previous(case, &config),
            dependencies: dependencies(case),
            software: case.block("software").is_none().then(|| software("released")),
            config,
            documents,
            classes,
            model,
            state,
        }
    }

    pub(super) fn with_snapshot<T>(&self, look: impl FnOnce(&Snapshot<'_>) -> T) -> T {
        let release = self.state.as_ref().zip(self.archive.as_ref()).and_then(|(state, archive)| {
            let release = state.releases.get(VERSION)?;
            Some(ReleaseContext { version: VERSION, release, archive: archive.clone() })
        });
        let inputs = Inputs {
            config: &self.config,
            reader_findings: &[],
            documents: &self.documents,
            model: &self.model,
            classes: &self.classes,
            state: self.state.as_ref(),
            results: self.results.as_ref(),
            software: self.software,
            components: self.components.as_ref(),
            history: self.history.as_ref(),
            as_of: date("2026-03-01"),
            release,
            tags: &self.tags,
            previous: self.previous.as_ref().map(|model| Previous { name: "release 2.3.0", model }),
            dependencies: &self.dependencies,
        };
        look(&Snapshot::new(inputs).expect("edition and profile are in the library"))
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn software(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// Reads the documents twice: the second time with the stamps that the first gave.
fn documents(case: &Case, config: &Config) -> (Documents, Model) {
    let read = |stamps: &dyn Fn(&str) -> String| {
        let blobs =
            case.blocks.iter().filter(|b| b.file.ends_with(".md") && !b.file.starts_with("before:")).map(
                |b| Blob { path: b.file.clone(), content: Content::Bytes(stamps(&b.text).into_bytes()) },
            );
        let mut documents = documents::from_blobs(blobs, config);
        let items = std::mem::take(&mut documents.items);
        (documents, Model::build(items, &TrustStamps))
    };
    let (_, first) = read(&|text| text.replace("@STAMP", ""));
    read(&|text| {
        let mut out = text.to_owned();
        for item in first.items() {
            out = out.replace(&format!("{}@STAMP", item.id), &format!("{}@{}", item.id, item.digest.stamp()));
        }
        out
    })
}

/// The product before, from blocks `before=PATH`.
fn previous(case: &Case, config: &Config) -> Option<Model> {
    let blobs: Vec<Blob> = case
        .blocks
        .iter()
        .filter_map(|b| {
            let path = b.file.strip_prefix("before:")?.to_owned();
            Some(Blob { path, content: Content::Bytes(b.text.clone().into_bytes()) })
        })
        .collect();
    let items = |blobs: Vec<Blob>| documents::from_blobs(blobs, config).items;
    (!blobs.is_empty()).then(|| Model::build(items(blobs), &TrustStamps))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependenciesBlock {
    dependency: Vec<DependencyRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyRow {
    from: String,
    line: u32,
    to: String,
}

fn dependencies(case: &Case) -> Vec<crate::snapshot::SourceDependency> {
    let rows = read::<DependenciesBlock>(case, "dependencies").map(|b| b.dependency).unwrap_or_default();
    let row = |r: DependencyRow| crate::snapshot::SourceDependency { from: r.from, line: r.line, to: r.to };
    rows.into_iter().map(row).collect()
}

// Records.

/// The state of a case's ledger. Bodies are read by the record types themselves; signatures are not what rules look at,
/// so there are none.
struct Ledger<'a> {
    state: State,
    digest_of: &'a dyn Fn(&str) -> Option<Digest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordsBlock {
    #[serde(default)]
    record: Vec<toml::Table>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ReleaseBlock {
    staged: Option<bool>,
    reported: Option<String>,
    parts: Option<Vec<String>>,
    artefacts: Option<Vec<String>>,
    rebuild: Option<String>,
    archive: Option<String>,
    /// Why there is no signed tag.
    tag: Option<String>,
    /// The commit that the tag names instead of the frozen one.
    tag_moved: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemsBlock {
    problem: Vec<ProblemRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemRow {
    seq: u64,
    kind: String,
    what: String,
}

impl Ledger<'_> {
    /// Opens and stages the release.
    fn release(&mut self, case: &Case) {
        self.add(
            "release/open/v1",
            json!({"version": VERSION, "kind": "full", "candidate": 1, "build": "2.4.0+b.8842",
                   "commits": [{"repository": ".", "commit": "c0ffee", "tree": software("tree")}],
                   "software": software("released"), "rule_set": "", "summary": "case"}),
        );
        let block: ReleaseBlock = read(case, "release").unwrap_or_default();
        if block.staged == Some(false) {
            return;
        }
        let part = |name: &String| json!({"part": name, "digest": software(name), "size": 1});
        let default = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let parts = block.parts.unwrap_or_else(|| default(&["sources", "sbom-cyclonedx", "anomalies"]));
        let artefacts = block.artefacts.unwrap_or_else(|| default(&["app"]));
        let artefact = |path: &String| json!({"path": path, "digest": software(path), "size": 1});
        self.add(
            "release/stage/v1",
            json!({"version": VERSION, "candidate": 1, "stage": software("stage"),
                   "parts": parts.iter().map(part).collect::<Vec<_>>(),
                   "artefacts": artefacts.iter().map(artefact).collect::<Vec<_>>(),
                   "environment": software("environment"),
                   "reported": block.reported.unwrap_or_else(|| "2.4.0 2.4.0+b.8842".to_owned()),
                   "rebuild": block.rebuild.unwrap_or_else(|| "identical".to_owned()),
                   "self_contained": true, "host": "build-1"}),
        );
    }

    fn records(&mut self, case: &Case) {
        for table in read::<RecordsBlock>(case, "records").map(|b| b.record).unwrap_or_default() {
            let Ok(Value::Object(mut body)) = serde_json::to_value(table) else {
                panic!("a record is a table")
            };
            let kind =
                body.remove("kind").and_then(|k| k.as_str().map(str::to_owned)).expect("a record has a kind");
            let Value::Object(mut whole) = defaults(&kind) else { panic!("defaults are an object") };
            whole.append(&mut body);
            self.add(&kind, Value::Object(whole));
        }
        for p in read::<ProblemsBlock>(case, "problems").map(|b| b.problem).unwrap_or_default() {
            self.state.problems.push(Problem { seq: p.seq, kind: p.kind, what: p.what });
        }
        for (role, person) in read::<BTreeMap<String, String>>(case, "people").unwrap_or_default() {
            self.person(&role, &person);
        }
    }

    /// The records of the runs whose results the case has.
    fn runs(&mut self, case: &Case) {
        for (n, row) in
            read::<ResultsBlock>(case, "results").map(|b| b.result).unwrap_or_default().iter().enumerate()
        {
            let commit = row.commit.as_deref().unwrap_or("c0ffee");
            let record: RunImport = body(
                json!({"run": format!("RUN-{n}"), "report": software("report"), "file": "r.xml",
                "format": "junit", "origin": "executed", "summary": {"total": 1, "passed": 1, "failed": 0, "skipped": 0},
                "context": {"software": software(row.software.as_deref().unwrap_or("released")), "responsible": "qa-lead",
                    "ran_at": "2026-02-01", "commit": (commit != "none").then_some(commit)}}),
            );
            let meta = Meta { seq: row.seq, ..self.meta() };
            self.state
                .runs
                .insert(format!("RUN-{n}"), records::state::Run::Imported(Recorded { meta, body: record }));
        }
    }

    fn meta(&self) -> Meta {
        let at = Instant::from_millis(1_772_000_000_000 + self.state.position as i64);
        Meta { seq: self.state.position, at, actor: "qa-lead".into(), via: "test".into(), signer: None }
    }

    fn person(&mut self, role: &str, person: &str) {
        fn at<T>(meta: &Meta, body: T) -> Recorded<T> {
            Recorded { meta: meta.clone(), body }
        }
        let meta = self.meta();
        let text = |v: Value| serde_json::from_value::<PersonEnrol>(v).expect("a person");
        let enrolled = text(json!({"person": person, "name": person, "identity_proof": "known"}));
        let key: KeyEnrol = body(json!({"person": person, "public_key": "k", "key_id": person}));
        let grant: RoleGrant = body(json!({"person": person, "role": role, "reason": "r"}));
        self.state.persons.insert(
            person.to_owned(),
            Person {
                enrolled: at(&meta, enrolled),
                keys: vec![Key {
                    enrolled: at(&meta, key),
                    in_force_from: Some(meta.seq),
                    endorsed_by: Vec::new(),
                    revoked_from: None,
                }],
                roles: vec![RoleHeld { granted: at(&meta, grant), revoked_from: None }],
                delegations: Vec::new(),
                trainings: Vec::new(),
                left: None,
            },
        );
        self.state.position += 1;
    }

    /// Adds one record where the fold of `records` would put it.
    fn add(&mut self, kind: &str, mut value: Value) {
        self.fill_digests(&mut value);
        let mut meta = self.meta();
        // `signed_as = "prrc"` beside a record's own fields: the role in which its signer acted.
        if let Some(role) = value.as_object_mut().and_then(|v| v.remove("signed_as")) {
            meta.signer = Some(signer(role.as_str().unwrap_or_default(), meta.at));
        }
        let id = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (anomaly, change, version) = (id("anomaly"), id("change"), id("version"));
        macro_rules! recorded {
            () => {
                Recorded { meta: meta.clone(), body: body(value.clone()) }
            };
        }
        let state = &mut self.state;
        match kind {
            "anomaly/report/v1" => {
                state.anomalies.insert(anomaly, Anomaly::reported(recorded!()));
            }
            "anomaly/investigate/v1" => {
                known(&mut state.anomalies, &anomaly).investigations.push(recorded!())
            }
            "anomaly/advise/v1" => known(&mut state.anomalies, &anomaly).advices.push(recorded!()),
            "anomaly/field/v1" => known(&mut state.anomalies, &anomaly).fielded.push(recorded!()),
            "anomaly/reopen/v1" => known(&mut state.anomalies, &anomaly).reopenings.push(recorded!()),
            "anomaly/mirror/v1" => known(&mut state.anomalies, &anomaly).mirrors.push(recorded!()),
            "anomaly/evaluate/v1" => known(&mut state.anomalies, &anomaly).evaluations.push(recorded!()),
            "anomaly/resolve/v1" => known(&mut state.anomalies, &anomaly).resolutions.push(recorded!()),
            "anomaly/verify/v1" => known(&mut state.anomalies, &anomaly).verifications.push(recorded!()),
            "change/open/v1" => {
                state.changes.insert(change, Change::requested(recorded!()));
            }
            "change/analyse/v1" => known(&mut state.changes, &change).analyses.push(recorded!()),
            "change/regress/v1" => known(&mut state.changes, &change).regressions.push(recorded!()),
            "change/reanalyse/v1" => known(&mut state.changes, &change).reanalyses.push(recorded!()),
            "change/verify/v1" => known(&mut state.changes, &change).verifications.push(recorded!()),
            "change/close/v1" => known(&mut state.changes, &change).closed = Some(recorded!()),
            "complaint/receive/v1" => {
                let new = Complaint {
                    received: recorded!(),
                    investigations: vec![],
                    erasures: vec![],
                    closed: None,
                };
                state.complaints.insert(id("complaint"), new);
            }
            "complaint/investigate/v1" => {
                known(&mut state.complaints, &id("complaint")).investigations.push(recorded!());
            }
            "reportability/decide/v1" => state.reportability.push(recorded!()),
            "feedback/source/v1" => {
                let new = Source { registered: recorded!(), since: meta.at.date_utc(), evaluations: vec![] };
                state.sources.insert(id("source"), new);
            }
            "feedback/evaluate/v1" => known(&mut state.sources, &id("source")).evaluations.push(recorded!()),
            "notice/issue/v1" => {
                state.notices.insert(id("notice"), recorded!());
            }
            "installation/find/v1" => state.installations.push(recorded!()),
            "trend/review/v1" => state.trend_reviews.push(recorded!()),
            "capa/open/v1" => {
                state.capas.insert(id("capa"), Capa { opened: recorded!(), steps: vec![], closed: None });
            }
            "commit/observe/v2" => {
                let seen: Recorded<CommitSee> = recorded!();
                for c in &seen.body.commits {
                    let new = Observation {
                        meta: seen.meta.clone(),
                        patch: c.patch.clone(),
                        reference: seen.body.reference.clone(),
                        at_release: seen.body.at_release,
                    };
                    state.observed.insert(c.commit.clone(), new);
                }
            }
            "release/seal/v1" => known(&mut state.releases, &version).sealed = Some(recorded!()),
            "delivery/check/v1" => known(&mut state.releases, &version).delivery_checks.push(recorded!()),
            "change/approve/v1" => known(&mut state.changes, &change).approvals.push(recorded!()),
            "change/implement/v1" => known(&mut state.changes, &change).implementations.push(recorded!()),
            "deviation/record/v1" => state.deviations.push(recorded!()),
            "document/approve/v1" => state.approvals.entry(id("document")).or_default().push(recorded!()),
            "document/review/v1" => {
                state.documents.entry(id("document")).or_default().reviews.push(recorded!());
            }
            "evaluation/record/v1" => state.evaluations.push(recorded!()),
            "archive/rehash/v1" => state.rehashes.push(recorded!()),
            "soup/none/v1" => state.soup_none.push(recorded!()),
            "soup/review/v1" => state.soup_reviews.push(recorded!()),
            "vuln/dataset/v1" => state.security.datasets.push(recorded!()),
            "vuln/scan/v1" => state.security.scans.push(recorded!()),
            "vuln/assess/v1" => state.security.assessments.push(recorded!()),
            "soup/drift/v1" => state.security.drifts.push(recorded!()),
            "waiver/grant/v1" => {
                state.waivers.insert(id("waiver"), recorded!());
            }
            "release/open/v1" => {
                state.releases.insert(version, opened(recorded!()));
            }
            "release/stage/v1" => known(&mut state.releases, &version).stages.push(recorded!()),
            "release/checklist/v1" => known(&mut state.releases, &version).checklists.push(recorded!()),
            other => panic!("the runner does not know the kind {other}"),
        }
        self.state.position += 1;
    }

    /// `digest of X` becomes the digest of the item or document X, `of another text` some other one.
    fn fill_digests(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(name) = text.strip_prefix("digest of ") {
                    let digest =
                        (self.digest_of)(name).unwrap_or_else(|| panic!("no item or document {name}"));
                    *text = digest.to_string();
                } else if text == "of another text" {
                    *text = software("another text").to_string();
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|v| self.fill_digests(v)),
            Value::Object(map) => map.values_mut().for_each(|v| self.fill_digests(v)),
            _ => {}
        }
    }
}

fn body<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{e}: {value}"))
}

fn known<'a, T>(map: &'a mut BTreeMap<String, T>, id: &str) -> &'a mut T {
    map.get_mut(id).unwrap_or_else(|| panic!("nothing is on record under `{id}`"))
}

fn opened(opened: Recorded<ReleaseOpen>) -> Release {
    Release {
        opened: vec![opened],
        checklists: vec![],
        stages: vec![],
        gates: vec![],
        signatures: vec![],
        sealed: None,
        delivered: vec![],
        withdrawn: None,
        rebuilds: vec![],
        delivery_checks: vec![],
        holds: vec![],
        last_placed: None,
    }
}

/// Fields that a case may leave out, with values that no rule objects to.
fn defaults(kind: &str) -> Value {
    let some = software("something");
    match kind {
        "anomaly/report/v1" => json!({"title": "t", "description": "d", "found": "f", "reproduction": "r",
            "version": "2.3.0", "severity": "minor"}),
        "anomaly/investigate/v1" => json!({"cause": "c", "safety_relevant": false, "outcome": "o"}),
        "anomaly/evaluate/v1" => json!({"outcome": "acceptable", "hazards": ["HAZ-1"], "rationale": "r"}),
        "anomaly/resolve/v1" => json!({"resolution": "r"}),
        "anomaly/verify/v1" | "change/verify/v1" => json!({"evidence": "e"}),
        "change/open/v1" => json!({"title": "t", "reason": "r"}),
        "change/approve/v1" => json!({"reason": "r"}),
        "change/implement/v1" => json!({"commits": ["c0ffee"]}),
        "change/analyse/v1" => {
            json!({"organisation": "none", "software": "s", "interfaces": "none", "safety": "none",
            "security_relevant": false, "security": "no", "class_check": "holds", "repeats": ["5.7"]})
        }
        "document/review/v1" => json!({"adequate": true, "remark": "r"}),
        "release/open/v1" => {
            json!({"kind": "full", "candidate": 1, "build": "b", "software": some, "rule_set": "",
            "commits": [{"repository": ".", "commit": "c0ffee", "tree": some}], "summary": "s"})
        }
        "release/seal/v1" => {
            json!({"candidate": 1, "manifest": some, "archive": some, "release_manifest": some,
            "index": some, "day": "2026-02-01", "read_back_blobs": 1, "stored_bytes": 1, "retain_until": "2036-02-01",
            "hold": false, "basis": "b"})
        }
        "deviation/record/v1" => json!({"reason": "r", "anomaly": "A-1"}),
        "evaluation/record/v1" => json!({"judged": [], "rationale": "r"}),
        "archive/rehash/v1" => {
            json!({"archive": "a", "releases": ["2.3.0"], "blobs": 1, "bytes": 1, "problems": 0})
        }
        "soup/none/v1" => json!({"software": software("released"), "reason": "r"}),
        "vuln/dataset/v1" => {
            json!({"format": "osv", "digest": some, "size": 1, "advisories": 1, "withdrawn": 0,
            "marks": 0, "left_out": 0, "source": "s"})
        }
        "vuln/scan/v1" => {
            json!({"scan": "SCAN-1", "sbom": some, "components": 1, "datasets": [], "report": some,
            "matches": 1, "found": []})
        }
        "vuln/assess/v1" => json!({"aliases": [], "impact": "i", "safety": "none", "action": ""}),
        "soup/drift/v1" => json!({"environment": "production", "kind": "kubernetes", "declared": some,
            "observed": some, "compared": 1, "differences": [], "drifted": 0}),
        "soup/review/v1" => json!({"source": "s", "searched": "2026-02-01", "result": "r"}),
        "waiver/grant/v1" => json!({"reason": "r", "until": "2026-12-31"}),
        "release/checklist/v1" => json!({"template": "DOC-TEMPLATE", "template_digest": some}),
        _ => Value::Object(Map::new()),
    }
}

fn read<T: DeserializeOwned>(case: &Case, block: &str) -> Option<T> {
    let text = case.block(block)?;
    Some(toml::from_str(text).unwrap_or_else(|e| panic!("{}: {block}: {e}", case.title)))
}

fn archive(case: &Case) -> ArchiveReadiness {
    match read::<ReleaseBlock>(case, "release").and_then(|b| b.archive) {
        Some(why) => ArchiveReadiness::NotReady { why },
        None => ArchiveReadiness::Ready { destination: "/srv/archive".to_owned() },
    }
}

fn tag(case: &Case) -> ReleaseTag {
    let block = read::<ReleaseBlock>(case, "release").unwrap_or_default();
    let standing = match (block.tag, block.tag_moved) {
        (_, Some(now)) => TagStanding::Moved { now, frozen: "c0ffee".to_owned() },
        (Some(why), None) => TagStanding::NotSigned { why },
        (None, None) => TagStanding::Signed { key_id: "SHA256:case".to_owned() },
    };
    ReleaseTag { version: VERSION.to_owned(), tag: format!("v{VERSION}"), standing }
}

// Results and components.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResultsBlock {
    result: Vec<ResultRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResultRow {
    item: String,
    outcome: String,
    #[serde(default)]
    software: Option<String>,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    tools: Option<Vec<String>>,
    #[serde(default)]
    person: Option<String>,
    /// The number of the run's entry.
    #[serde(default)]
    seq: u64,
    /// The outcome of a later result of the same run, which then decides.
    #[serde(default)]
    then: Option<String>,
    /// The commit that the run's record names; `none` for none.
    #[serde(default)]
    commit: Option<String>,
}

/// One run for each result.
fn results(case: &Case) -> Option<Joined> {
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
                message: "",
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

fn components(case: &Case) -> Option<ComponentGraph> {
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
fn history(case: &Case) -> Option<History> {
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

/// A signer in a role, with everything else of no account.
fn signer(role: &str, at: Instant) -> records::Signer {
    records::Signer {
        person: role.to_owned(),
        name: role.to_owned(),
        role: role.to_owned(),
        meaning: "case".to_owned(),
        at,
        key_id: role.to_owned(),
        key_enrolled: at,
        digest: software(role),
    }
}

//! The records of a case: entries of the ledger from short TOML, with a value that no rule objects to for each field that is
//! left out.

use super::evidence::ResultsBlock;
use super::{VERSION, read, software};
use crate::cases::parse::Case;
use records::state::{Anomaly, Capa, Change, Complaint, Key, Observation, Person, Release, RoleHeld, Source};
use records::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use vocabulary::{Digest, Instant};

/// The state of a case's ledger. Bodies are read by the record types themselves; signatures are not what rules look at,
/// so there are none.
pub(super) struct Ledger<'a> {
    pub(super) state: State,
    pub(super) digest_of: &'a dyn Fn(&str) -> Option<Digest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordsBlock {
    #[serde(default)]
    record: Vec<toml::Table>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseBlock {
    staged: Option<bool>,
    reported: Option<String>,
    parts: Option<Vec<String>>,
    artefacts: Option<Vec<String>>,
    rebuild: Option<String>,
    pub(super) archive: Option<String>,
    /// Why there is no signed tag.
    pub(super) tag: Option<String>,
    /// The commit that the tag names instead of the frozen one.
    pub(super) tag_moved: Option<String>,
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
    pub(super) fn release(&mut self, case: &Case) {
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

    pub(super) fn records(&mut self, case: &Case) {
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
    pub(super) fn runs(&mut self, case: &Case) {
        for (n, row) in
            read::<ResultsBlock>(case, "results").map(|b| b.result).unwrap_or_default().iter().enumerate()
        {
            let commit = row.commit.as_deref().unwrap_or("c0ffee");
            let outcomes: Vec<&str> =
                std::iter::once(row.outcome.as_str()).chain(row.then.as_deref()).collect();
            let count = |words: &[&str]| outcomes.iter().filter(|o| words.contains(o)).count() as u64;
            let summary = json!({"total": row.stated.unwrap_or(outcomes.len() as u64), "passed": count(&["passed"]),
                "failed": count(&["failed", "errored"]), "skipped": count(&["skipped", "blocked"])});
            let record: RunImport = body(
                json!({"run": format!("RUN-{n}"), "report": software("report"), "file": "r.xml",
                "format": "junit", "origin": "executed", "summary": summary,
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
            meta.signer = Some(Box::new(signer(role.as_str().unwrap_or_default(), meta.at)));
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
            "vuln/watch/v1" => state.security.watches.push(recorded!()),
            "security/test/v1" => state.security.tests.push(recorded!()),
            "security/judge/v1" => state.security.judgements.push(recorded!()),
            "image/verify/v1" => state.security.images.push(recorded!()),
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
        "anomaly/mirror/v1" => json!({"digest": some}),
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
        "vuln/watch/v1" => json!({"watch": "WATCH-1", "datasets": [], "releases": []}),
        "security/test/v1" => {
            json!({"test": "SEC-1", "kind": "vulnerability", "tools": ["scanner 1.0"], "report": some,
            "software": software("released"), "tester": "t", "rules": 1, "results": {}, "suppressed": 0, "found": [], "open": 0,
            "source": "s"})
        }
        "security/judge/v1" => json!({"reason": "r"}),
        "image/verify/v1" => json!({"key_digest": some, "signature": some}),
        "vuln/assess/v1" => json!({"aliases": [], "impact": "i", "safety": "none", "action": ""}),
        "soup/drift/v1" => json!({"environment": "production", "kind": "kubernetes", "declared": some,
            "observed": some, "compared": 1, "differences": [], "drifted": 0}),
        "soup/review/v1" => json!({"source": "s", "searched": "2026-02-01", "result": "r"}),
        "waiver/grant/v1" => json!({"reason": "r", "until": "2026-12-31"}),
        "release/checklist/v1" => json!({"template": "DOC-TEMPLATE", "template_digest": some}),
        _ => Value::Object(Map::new()),
    }
}

/// A signer in a role, with everything else of no account.
fn signer(role: &str, at: Instant) -> records::Signer {
    records::Signer {
        person: role.into(),
        name: role.into(),
        role: role.into(),
        meaning: "case".into(),
        at,
        key_id: role.into(),
        key_enrolled: at,
        digest: software(role),
    }
}

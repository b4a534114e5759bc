//! A small product in memory with a signed release: what record and matrix must say about it.

use super::reading::Reading;
use super::{inputs, matrix, record_view, release_pages, risk};
use crate::analysis::Analysis;
use crate::checks;
use crate::releases::{Gate, Outside};
use records::state::{Anomaly, Release};
use records::*;
use rules::ArchiveReadiness;
use views::{LinkState, Outcome, ReleaseState, Verdict};
use vocabulary::{Date, Digest, Instant};

const TOML: &str = "[product]\nname = \"pump\"\nclass = \"B\"\n[archive]\npath = \"archive\"\n[risk]\nseverity = [\"minor\", \
                    \"serious\"]\nprobability = [\"rare\", \"often\"]\n[risk.acceptable]\nserious = [\"rare\"]\n";

const FILES: &[(&str, &str)] = &[
    (
        "dossier/srs.md",
        "---\ndocument: DOC-SRS\ntitle: Requirements\n---\n# Requirements\n\n## SYS-1 Infuse\n\nIt infuses.\n\n## SRS-1 Stop | at \
         empty\n- satisfies: SYS-1\n- implements: RC-1\n\nIt stops.\n\n## SRS-2 Beep\n- satisfies: SYS-9\n\nIt beeps.\n",
    ),
    (
        "dossier/risk.md",
        "# Risk\n\n## HAZ-1 Air\n- leads-to: HS-1\n\n## HS-1 Air in the line\n- harm: embolism\n- severity: serious\n- \
         probability: often\n- probability-after: rare\n\n## CAU-1 Empty bag\n- causes: HS-1\n\n## RC-1 Stop\n- controls: CAU-1\n",
    ),
    (
        "dossier/tests.md",
        "# Tests\n\n## TC-1 Empty bag\n- level: system\n- verifies: SRS-1, RC-1\n- results: x::y\n\nStop.\n",
    ),
];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn meta(seq: u64, role: Option<&str>) -> Meta {
    let at = Instant::from_millis(1_770_000_000_000 + i64::try_from(seq).unwrap() * 60_000);
    let signer = role.map(|role| {
        Box::new(Signer {
            person: role.into(),
            name: format!("The {role}").into(),
            role: role.into(),
            meaning: "I agree".into(),
            at,
            key_id: "SHA256:abc".into(),
            key_enrolled: Instant::from_millis(1_760_000_000_000),
            digest: Digest::of(b"signed"),
        })
    });
    Meta { seq, at, actor: role.unwrap_or("developer").into(), via: "test".into(), signer }
}

fn recorded<T>(seq: u64, role: Option<&str>, body: T) -> Recorded<T> {
    Recorded { meta: meta(seq, role), body }
}

/// A release with one evaluated anomaly and a stage.
fn state() -> State {
    let mut state = State { position: 20, simulated_clock: true, ..State::default() };
    let opened = ReleaseOpen {
        version: "1.0.0".into(),
        kind: ReleaseKind::Full,
        candidate: 1,
        build: "1.0.0+7".into(),
        commits: vec![BaselineCommit {
            repository: ".".into(),
            commit: "c".repeat(40),
            tree: Digest::of(b"tree"),
        }],
        software: Digest::of(b"software"),
        rule_set: rules::rule_set_digest().to_string(),
        previous: None,
        summary: "First".into(),
    };
    let stage = ReleaseStage {
        version: "1.0.0".into(),
        candidate: 1,
        stage: Digest::of(b"stage"),
        parts: vec![StagedPart { part: "build.json".into(), digest: Digest::of(b"recipe"), size: 6 }],
        artefacts: vec![Artefact { path: "pump".into(), digest: Digest::of(b"pump"), size: 4 }],
        executables: vec!["pump".into()],
        environment: Digest::of(b"environment"),
        reported: "pump 1.0.0+7".into(),
        runner: None,
        rebuild: RebuildOutcome::Identical,
        self_contained: true,
        host: "builder".into(),
    };
    let release = Release {
        opened: vec![recorded(10, None, opened)],
        checklists: Vec::new(),
        stages: vec![recorded(11, None, stage)],
        gates: Vec::new(),
        signatures: Vec::new(),
        sealed: None,
        delivered: Vec::new(),
        withdrawn: None,
        rebuilds: Vec::new(),
        delivery_checks: Vec::new(),
        holds: Vec::new(),
        last_placed: None,
    };
    state.releases.insert("1.0.0".into(), release);
    let report = AnomalyReport {
        anomaly: "A-1".into(),
        title: "Beeps twice".into(),
        description: "Two beeps.".into(),
        found: "test".into(),
        reproduction: "Empty the bag.".into(),
        affects: vec!["SRS-2".parse().unwrap()],
        function: String::new(),
        version: "0.9.0".into(),
        severity: "minor".into(),
        ..AnomalyReport::default()
    };
    let evaluation = AnomalyEvaluate {
        anomaly: "A-1".into(),
        release: "1.0.0".into(),
        outcome: EvaluationOutcome::Acceptable,
        hazards: vec!["HAZ-1".parse().unwrap()],
        controls: Vec::new(),
        rationale: "Only a sound.".into(),
        judged: vec![JudgedItem { item: "HAZ-1".parse().unwrap(), digest: Digest::of(b"an older text") }],
        disclosed: String::new(),
        disclosure: None,
        use_effects: String::new(),
        not_corrected: String::new(),
        plan: String::new(),
    };
    let mut anomaly = Anomaly::reported(recorded(5, None, report));
    anomaly.evaluations.push(recorded(12, Some("risk-owner"), evaluation));
    state.anomalies.insert("A-1".into(), anomaly);
    state
}

fn analysis() -> Analysis {
    Analysis::of_texts(TOML, FILES, state(), day("2026-03-01"))
}

fn gate() -> Gate {
    let ready = ArchiveReadiness::Ready { destination: "archive".into() };
    let standing = rules::TagStanding::NotSigned { why: "there is no tag `v1.0.0`".into() };
    let tag = rules::ReleaseTag { version: "1.0.0".into(), tag: "v1.0.0".into(), standing };
    Gate::of(analysis(), "1.0.0", Outside { archive: ready, tag }, &|seq| Digest::of(&seq.to_le_bytes()))
        .unwrap()
}

#[test]
fn the_matrix_shows_every_requirement_with_what_is_missing() {
    let analysis = analysis();
    let judgement = checks::judge(&analysis, None).unwrap();
    let r = Reading::new(&analysis, &judgement, None);
    let matrix = matrix::matrix(&r);
    let ids: Vec<&str> = matrix.rows.iter().map(|row| row.id.id.as_str()).collect();
    assert_eq!(ids, ["SRS-1", "SRS-2", "RC-1", "SYS-1"]);
    let row = |id: &str| matrix.rows.iter().find(|row| row.id.id == id).unwrap();
    assert_eq!(row("SRS-1").tests[0].outcome, Outcome::Missing);
    assert_eq!(row("SRS-2").sources[0].state, LinkState::Dangling);
    assert!(matrix.rows.iter().all(|row| row.verdict != Verdict::Pass && !row.gap.is_empty()));
    let markdown = super::matrix_markdown(&matrix);
    assert!(markdown.contains("| SRS-1 Stop \\| at empty |"), "{markdown}");
    assert_eq!(inputs::inputs(&r).marks.len(), 2, "simulated clock and work tree");
}

#[test]
fn acceptability_is_computed_from_the_plan() {
    let analysis = analysis();
    let judgement = checks::judge(&analysis, None).unwrap();
    let page = risk::page(&Reading::new(&analysis, &judgement, None));
    let row = &page.rows[0];
    assert_eq!(
        (row.before.acceptable.as_str(), row.after.acceptable.as_str()),
        ("unacceptable", "acceptable")
    );
    assert_eq!((row.harm.as_str(), row.hazard.target.id.as_str()), ("embolism", "HAZ-1"));
    assert_eq!(
        row.verified.iter().map(|t| t.case.target.id.as_str()).collect::<Vec<_>>(),
        ["TC-1"],
        "each test once"
    );
}

#[test]
fn the_record_has_eight_sections_and_says_plainly_what_is_not_there() {
    let gate = gate();
    let record = record_view(&gate, &gate.analysis.state).unwrap();
    let numbers: Vec<&str> = record.sections.iter().map(|s| s.number.as_str()).collect();
    assert_eq!(numbers, crate::releases::SECTIONS);
    assert_eq!((record.verdict, record.header.state), (Verdict::Finding, ReleaseState::Candidate));
    assert!(record.marks.iter().any(|m| m.text.contains("simulated")));
    assert!(record.marks.iter().any(|m| m.text.contains("not sealed")));
    assert!(record.archive.unwrap().protection.starts_with("Deletable by its administrator"));
    let build = record.build.unwrap();
    assert_eq!((build.rebuild_verdict, build.outputs[0].name.as_str()), (Verdict::Pass, "pump"));
    assert!(build.built_by.contains("pump 1.0.0+7"));
    assert!(record.seats.iter().all(|s| s.signature.is_none() && s.waits_for.as_deref() == Some("the gate")));
    assert_eq!(record.seats[1].title, "QA lead");
    let evaluation = record.anomalies[0].evaluation.as_ref().unwrap();
    assert_eq!(evaluation.signature.name, "The risk-owner");
    assert_eq!(evaluation.signature.enrolled, day("2025-10-09"));
    assert_eq!(
        evaluation.hazards[0].state,
        LinkState::Suspect,
        "the text that was judged is not the present one"
    );
    assert!(record.history[0].tested.is_empty(), "no run on this software");
}

#[test]
fn what_happens_after_sealing_is_shown_and_changes_nothing_that_was_signed() {
    let gate = gate();
    let mut now = gate.analysis.state.clone();
    let rebuild = RebuildRecord {
        version: "1.0.0".into(),
        outcome: RebuildOutcome::Different,
        outputs: vec![ComparedOutput {
            path: "pump".into(),
            expected: Digest::of(b"pump"),
            actual: Some(Digest::of(b"other")),
            cause: Some("timestamp".into()),
        }],
        host: "elsewhere".into(),
        log: Digest::of(b"log"),
    };
    now.releases.get_mut("1.0.0").unwrap().rebuilds.push(recorded(30, Some("qa-lead"), rebuild));
    let (before, after) =
        (record_view(&gate, &gate.analysis.state).unwrap(), record_view(&gate, &now).unwrap());
    assert_eq!(before.manifest_digest, after.manifest_digest);
    assert!(before.afterwards.is_empty());
    let row = &after.afterwards[0];
    assert!(
        row.what.contains("different")
            && row.note.contains("pump: timestamp")
            && row.note.contains("The qa-lead"),
        "{row:?}"
    );
    let page = release_pages::gate_page(&gate, &now).unwrap();
    assert_eq!(page.afterwards, after.afterwards);
}

//! The rules over the example product of this repository: what only a real product shows.

use diagnostics::Verdict;
use model::class::{Approval, Classes};
use model::{Model, TrustStamps};
use rules::{Inputs, Snapshot, judge};
use std::path::Path;

/// Documents only, as `check --documents-only` reads them: every clause has its row, and what passes names its evidence.
#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn the_example_has_a_verdict_on_every_clause() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/triage");
    let Ok(text) = std::fs::read_to_string(root.join("dossier.toml")) else {
        eprintln!("skipped: examples/triage has no dossier.toml");
        return;
    };
    let (config, config_findings) = product::parse(&text, "dossier.toml");
    let mut documents = documents::read_worktree(&root, &config);
    let model = Model::build(std::mem::take(&mut documents.items), &TrustStamps);
    let classes = Classes::new(&model, config.product.class, &|_| Approval::NotChecked);
    let mut reader_findings = config_findings;
    reader_findings.extend(documents.diagnostics.iter().cloned());
    let snapshot = Snapshot::new(Inputs {
        config: &config,
        reader_findings: &reader_findings,
        documents: &documents,
        model: &model,
        classes: &classes,
        state: None,
        results: None,
        software: None,
        components: None,
        history: None,
        as_of: "2026-03-01".parse().expect("a date"),
        release: None,
        tags: &[],
    })
    .expect("edition and profile are in the library");
    let judgement = judge(&snapshot);
    if std::env::var_os("SHOW_FINDINGS").is_some() {
        for d in &judgement.findings {
            eprintln!("{}[{}] {}: {}", d.severity, d.rule, d.location, d.message);
        }
        for v in &judgement.clauses {
            eprintln!("{} {} {} {} {:?}", v.verdict, v.clause, v.subject, v.reason, v.evidence);
        }
    }
    assert_eq!(judgement.clauses.len(), 102 * snapshot.systems.list().len());
    for v in judgement.clauses.iter().filter(|v| v.verdict == Verdict::Pass) {
        assert!(!v.evidence.is_empty(), "{v:?}");
    }
}

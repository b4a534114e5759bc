//! The rules over whole products: the example of this repository, and hollow ones whose files have the right names.

use diagnostics::Verdict;
use model::class::{Approval, Classes};
use model::{Model, TrustStamps};
use product::Config;
use rules::{Inputs, Judgement, Snapshot, judge};
use std::path::Path;

/// Judges documents alone, as `check --documents-only` does.
fn judged(config: &Config, mut documents: documents::Documents) -> (Judgement, usize) {
    let model = Model::build(std::mem::take(&mut documents.items), &TrustStamps);
    let classes = Classes::new(&model, config.product.class, &|_| Approval::NotChecked);
    let snapshot = Snapshot::new(Inputs {
        config,
        reader_findings: &documents.diagnostics,
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
        previous: None,
        dependencies: &[],
        records: &[],
    })
    .expect("edition and profile are in the library");
    (judge(&snapshot), snapshot.systems.list().len())
}

/// Every clause has its row, and what passes names its evidence.
#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn the_example_has_a_verdict_on_every_clause() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/triage");
    let Ok(text) = std::fs::read_to_string(root.join("dossier.toml")) else {
        eprintln!("skipped: examples/triage has no dossier.toml");
        return;
    };
    let (config, _) = product::parse(&text, "dossier.toml");
    let (judgement, systems) = judged(&config, documents::read_worktree(&root, &config));
    assert_eq!(judgement.clauses.len(), 102 * systems);
    for v in judgement.clauses.iter().filter(|v| v.verdict == Verdict::Pass) {
        assert!(!v.evidence.is_empty(), "{v:?}");
    }
}

/// A product of class C whose documents have the right names and hold what `text` makes of the templates.
fn hollow(text: impl Fn(&str) -> String) -> Judgement {
    let toml = "[product]\nname = \"hollow\"\nclass = \"C\"\nprofile = \"standard\"\n";
    let (config, _) = product::parse(toml, "dossier.toml");
    let files = documents::scaffold::documents("hollow", vocabulary::SafetyClass::C);
    let blobs = files.into_iter().map(|f| documents::Blob {
        path: f.path,
        content: documents::Content::Bytes(text(&f.text).into_bytes()),
    });
    judged(&config, documents::from_blobs(blobs, &config)).0
}

/// The clauses whose content stands in documents: plans, procedures and maintained records. What is recorded per release,
/// change or problem is asked of the ledger, which a hollow product does not have; and so are duties on what an item lacks
/// where there is no such item.
fn content_clauses() -> impl Iterator<Item = &'static clauses::Clause> {
    let standard = clauses::edition(clauses::DEFAULT_EDITION).expect("the edition");
    standard.in_force().filter(|c| {
        let kept = c.kind.is_some_and(|k| k.letter() != 'R'.to_string().as_str());
        kept && c.condition.is_none()
    })
}

/// Not one content clause passes; those that a document's content decides alone are findings.
fn fails_at_every_content_clause(name: &str, judgement: &Judgement) {
    let mut passed = Vec::new();
    for clause in content_clauses() {
        let row = judgement.of_clause(&clause.id).expect("a row");
        if matches!(row.verdict, Verdict::Pass | Verdict::NotApplicable | Verdict::Waived) {
            passed.push(format!("{} {}: {:?}", clause.id, row.verdict, row.evidence));
        }
    }
    assert!(passed.is_empty(), "{name}: {passed:#?}");
    for clause in [
        "4.1", "4.2", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6", "5.1.7", "5.1.8", "5.1.9",
        "5.1.10", "5.1.12", "5.5.2", "6.1",
    ] {
        let row = judgement.of_clause(&format!("62304:{clause}")).expect("a row");
        assert_eq!(row.verdict, Verdict::Finding, "{name}: {clause} {}", row.reason);
    }
}

#[test]
fn a_product_of_untouched_templates_fails_at_every_content_clause() {
    fails_at_every_content_clause("templates", &hollow(str::to_owned));
}

#[test]
fn templates_without_their_marks_fail_at_every_content_clause() {
    // The marker is gone and the prompt stays: a document that looks written.
    fails_at_every_content_clause("prompts", &hollow(|text| text.replace("TODO: ", "").replace("TODO", "")));
}

#[test]
fn documents_with_the_right_names_and_nothing_in_them_fail_at_every_content_clause() {
    // Front matter and headings only.
    let bare = |text: &str| {
        let kept = text
            .lines()
            .enumerate()
            .filter(|(n, l)| *n < 8 || l.starts_with('#') || l.starts_with("- field:"));
        kept.map(|(_, l)| format!("{l}\n")).collect::<String>()
    };
    fails_at_every_content_clause("headings", &hollow(bare));
}

//! The renderers on one report that holds every sort of place, severity and verdict.

use diagnostics::render::{Format, NoSources, Options, Sources, render};
use diagnostics::{ClauseVerdict, Diagnostic, FindingsReport, Location, Severity, Span, Verdict};
use std::collections::BTreeMap;

const TEXT: &str = "# Requirements\n\n## SRS-1 Dose\n- satisfies: SYS-9\n\nThe app shall …\n";

fn report() -> FindingsReport {
    let at = |needle: &str| {
        let start = TEXT.find(needle).unwrap();
        Location::in_text("dossier/a.md", TEXT, Span::new(start..start + needle.len()))
    };
    let mut waived =
        Diagnostic::new("R0052", "b-name", Severity::Error, "waived <thing> & \"more\"", Location::entry(7));
    waived.verdict = Verdict::Waived;
    waived.waived_by = Some("W-1".into());
    let mut findings = vec![
        Diagnostic::new("R0050", "dangling-link", Severity::Error, "`SYS-9` does not exist", at("SYS-9"))
            .clause("62304:5.1.1.c")
            .subject("SRS-1")
            .label("no such item")
            .related(at("SRS-1"), "linked from here")
            .note("a fact")
            .help("add it, or: mend, the link"),
        waived,
        Diagnostic::new(
            "R0060",
            "a-note",
            Severity::Note,
            "multi\nline \u{1b}[31m",
            Location::record("AN-7"),
        ),
        Diagnostic::new(
            "R0061",
            "an-advice",
            Severity::Warning,
            "elsewhere",
            Location::External { url: "https://example.org/a b".into() },
        ),
        Diagnostic::new(
            "R0062",
            "an-archive",
            Severity::Warning,
            "inside",
            Location::Archive { digest: "ab".into(), path: "x".into() },
        ),
    ];
    findings.sort_by(diagnostics::order);
    let clause = |clause: &str, verdict| ClauseVerdict {
        clause: clause.into(),
        subject: "SYSTEM-app".into(),
        verdict,
        reason: "because <of> it".into(),
        evidence: vec!["DOC-SDP".into()],
        checked_by: vec!["rule:R0050".into()],
    };
    FindingsReport {
        product: "triage".into(),
        edition: "iec62304:2006+a1:2015".into(),
        class: "B".into(),
        systems: BTreeMap::from([("SYSTEM-app".to_owned(), "B".to_owned())]),
        profile: "playbook".into(),
        commit: None,
        dirty: true,
        tree: Some("0".repeat(64)),
        ledger: Some(42),
        as_of: "2026-03-01".into(),
        rule_set: "x".into(),
        findings,
        clauses: vec![
            clause("62304:5.1.1", Verdict::Finding),
            clause("62304:5.8.3", Verdict::NotApplicable),
            clause("62304:5.7.1", Verdict::Pass),
        ],
    }
}

fn rendered(format: Format, report: &FindingsReport, sources: &dyn Sources, colour: bool) -> String {
    let mut out = String::new();
    render(&mut out, format, report, &Options { sources, colour, version: "0.1.0" }).unwrap();
    out
}

#[test]
fn text_of_a_document_cannot_steer_a_terminal() {
    let mut r = report();
    r.findings.truncate(1);
    let hostile = TEXT.replace("satisfies", "sat\u{1b}[2Jes");
    let texts = BTreeMap::from([("dossier/a.md".to_owned(), hostile)]);
    assert!(!rendered(Format::Full, &r, &texts, false).contains('\u{1b}'));
}

fn texts() -> BTreeMap<String, String> {
    BTreeMap::from([("dossier/a.md".to_owned(), TEXT.to_owned())])
}

fn assert_valid(schema: &serde_json::Value, instance: &serde_json::Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_the_object_of_the_contract_and_fits_its_schema() {
    let schema = include_str!("../../../docs/schemas/findings-v1.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&rendered(Format::Json, &report(), &NoSources, false)).unwrap();
    assert_valid(&schema, &json);
    let first = &json["findings"][0];
    assert_eq!(first["rule"], "R0050");
    assert_eq!(first["location"]["file"], "dossier/a.md");
    assert_eq!((&first["location"]["line"], &first["location"]["column"]), (&4.into(), &14.into()));
    assert_eq!(json["ledger"], 42);
    assert_eq!(json["commit"], serde_json::Value::Null);
    let empty: serde_json::Value = serde_json::from_str(&rendered(
        Format::Json,
        &FindingsReport { findings: vec![], clauses: vec![], ..report() },
        &NoSources,
        false,
    ))
    .unwrap();
    assert_valid(&schema, &empty);
}

#[test]
fn sarif_fits_the_schema_of_its_standard() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/schemas/sarif-2.1.0.schema.json");
    let Ok(schema) = std::fs::read_to_string(path) else {
        #[allow(clippy::print_stderr, reason = "a skipped test must be seen")]
        {
            eprintln!("skipped: {path} is not there");
        }
        return;
    };
    // The published schema has one pattern with a stray bracket, for a field that is not written here.
    let schema = serde_json::from_str(&schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap();
    for r in [report(), FindingsReport { findings: vec![], ..report() }] {
        let sarif = serde_json::from_str(&rendered(Format::Sarif, &r, &NoSources, false)).unwrap();
        assert_valid(&schema, &sarif);
    }
}

#[test]
fn full_shows_the_text_the_related_place_and_the_help() {
    let text = rendered(Format::Full, &report(), &texts(), false);
    let want = "\
error[R0050]: `SYS-9` does not exist
 --> dossier/a.md:4:14
  |
4 | - satisfies: SYS-9
  |              ^^^^^ no such item
  |
";
    assert!(text.starts_with(want), "{text}");
    assert!(
        text.contains("linked from here") && text.contains("= help: add it, or: mend, the link"),
        "{text}"
    );
    assert!(text.contains("ledger entry 7") && text.contains("record AN-7"), "{text}");
    assert!(!text.contains('\u{1b}'), "control characters of a document must not reach a terminal: {text}");
    assert!(text.ends_with("1 error, 2 warnings, 1 note, 1 waived\n"), "{text}");
    assert!(rendered(Format::Full, &report(), &texts(), true).contains('\u{1b}'));
    let none = FindingsReport { findings: vec![], ..report() };
    assert_eq!(rendered(Format::Full, &none, &NoSources, false), "no findings\n");
}

#[test]
fn concise_is_one_line_each() {
    let text = rendered(Format::Concise, &report(), &NoSources, false);
    assert_eq!(text.lines().count(), 5);
    assert!(text.starts_with("dossier/a.md:4:14: error[R0050] `SYS-9` does not exist\n"), "{text}");
}

#[test]
fn github_escapes_what_could_end_a_value() {
    let text = rendered(Format::Github, &report(), &NoSources, false);
    assert_eq!(text.lines().count(), 5);
    assert!(text.starts_with(
        "::error file=dossier/a.md,line=4,col=14,title=R0050 dangling-link::`SYS-9` does not exist%0Ahelp: add it, or: mend, the link\n"
    ), "{text}");
    assert!(text.contains("multi%0Aline"));
}

#[test]
fn junit_counts_what_it_holds() {
    let text = rendered(Format::Junit, &report(), &NoSources, false);
    assert!(text.contains(r#"<testsuites name="dossier" tests="8" failures="2" errors="0">"#), "{text}");
    assert!(text.contains("waived &lt;thing&gt; &amp; &quot;more&quot;"), "{text}");
    assert!(text.contains("not-applicable: because &lt;of&gt; it"), "{text}");
    assert!(!text.contains('\u{1b}'));
    assert_eq!(text.matches("<testcase").count(), 8);
}

#[test]
fn places_that_do_not_fit_their_text_are_shown_without_it() {
    let mut r = report();
    for span in [Span { start: 5, end: 2 }, Span { start: 9_999, end: 10_000 }, Span { start: 70, end: 71 }] {
        r.findings.truncate(1);
        if let Location::File { span: s, .. } = &mut r.findings[0].location {
            *s = span;
        }
        assert!(rendered(Format::Full, &r, &texts(), false).contains("dossier/a.md"));
    }
}

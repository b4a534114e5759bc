//! VEX: what is written reads back whole and fits the official schemas; the documents of others are read.

use proptest::prelude::*;
use soup::vex::{Document, Error, Format, Statement, Status, read, write};
use std::path::PathBuf;

fn document() -> Document {
    let statement = |id: &str, status: Status, at: &str| Statement {
        vulnerability: id.to_owned(),
        aliases: vec!["CVE-2020-26235".to_owned()],
        component: "pkg:cargo/time@0.1.43".to_owned(),
        status,
        justification: (status == Status::NotAffected)
            .then(|| "vulnerable_code_not_in_execute_path".to_owned()),
        impact: format!("reasoning at {at}"),
        action: if status == Status::Affected { "update to 0.2.23".to_owned() } else { String::new() },
        at: at.to_owned(),
    };
    Document {
        id: "https://example.org/vex/triage/2.4.0".to_owned(),
        author: "Example Maker".to_owned(),
        product: "triage".to_owned(),
        version: "2.4.0".to_owned(),
        at: "2026-03-03T00:00:00.000Z".to_owned(),
        statements: vec![
            statement("RUSTSEC-2020-0071", Status::UnderInvestigation, "2026-03-01T00:00:00.000Z"),
            statement("RUSTSEC-2020-0071", Status::Affected, "2026-03-02T00:00:00.000Z"),
            statement("RUSTSEC-2020-0071", Status::NotAffected, "2026-03-03T00:00:00.000Z"),
        ],
    }
}

#[test]
fn what_is_written_reads_back_with_its_history() {
    for format in [Format::OpenVex, Format::Csaf, Format::CycloneDx] {
        let bytes = write(&document(), format);
        assert_eq!(bytes, write(&document(), format));
        let (back, of) = read(&bytes).unwrap_or_else(|e| panic!("{format:?}: {e}"));
        assert_eq!(of, format);
        let mut expected = document();
        for s in &mut expected.statements {
            s.aliases.sort();
        }
        assert_eq!(back, expected, "{format:?}");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn csaf_and_cyclonedx_fit_their_schemas() {
    for (format, name) in [(Format::Csaf, "csaf-2.0.schema.json"), (Format::CycloneDx, "bom-1.6.schema.json")]
    {
        match crate::writing::schema(name) {
            Some(schema) => crate::writing::assert_valid(&schema, &write(&document(), format)),
            None => eprintln!("skipped: no schemas in ../../../shared/data/schemas"),
        }
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn statements_of_others_are_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/vex/cyclonedx");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let mut folders = vec![folder];
    let (mut documents, mut statements) = (0, 0);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "json") {
                match read(&std::fs::read(&entry).unwrap()) {
                    Ok((d, _)) => {
                        documents += 1;
                        statements += d.statements.len();
                    }
                    Err(e) => assert!(matches!(e, Error::Empty), "{}: {e}", entry.display()),
                }
            }
        }
    }
    assert!(documents > 10 && statements >= documents, "{documents} {statements}");
}

#[test]
fn others_are_refused_by_name() {
    let says = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert!(says("{}").contains("no VEX document"));
    assert!(says("[").contains("cannot be read as JSON"));
    assert!(says(r#"{"@context": "https://openvex.dev/ns/v0.2.0"}"#).contains("no statement"));
    assert!(says(r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"vulnerability": {"name": "CVE-1"}, "status": "maybe", "products": ["pkg:a/b"]}]}"#).contains("no status"));
    assert!(says(r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"vulnerability": {"name": "CVE-1"}, "status": "fixed"}]}"#).contains("nothing of a product"));
}

proptest! {
    #[test]
    fn any_bytes_are_a_document_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).is_err());
    }
}

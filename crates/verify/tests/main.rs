//! Runs the program on archives, bags and ledger exports, whole and damaged, and reads its answer.

use archive::manifest::LedgerPrefix;
use archive::retention::{Market, RetentionInput, compute};
use archive::{Archive, ReleaseHead};
use ledger::{Checkpoint, LedgerStore, MemoryStore, SignedCheckpoint, conformance};
use serde_json::Value;
use signing::SecretKey;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Run {
    code: i32,
    json: Value,
}

fn program(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dossier-verify")).args(args).output().expect("run dossier-verify")
}

/// Runs with `--format json`; every answer has to fit the committed schema.
fn verify(path: &Path, trust: &[&str]) -> Run {
    let mut args = vec![path.to_str().unwrap(), "--format", "json"];
    trust.iter().for_each(|t| args.extend(["--trust", t]));
    let output = program(&args);
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    let schema = include_str!("../../../docs/schemas/verify-v1.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> = validator.iter_errors(&json).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{json:#}");
    Run { code: output.status.code().unwrap(), json }
}

impl Run {
    fn codes(&self) -> Vec<&str> {
        self.json["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect()
    }

    fn trust(&self) -> &str {
        self.json["trust"].as_str().unwrap()
    }
}

fn ledger(notes: usize) -> (MemoryStore, SignedCheckpoint) {
    let store = MemoryStore::new();
    let mut drafts = vec![conformance::genesis()];
    drafts.extend((0..notes).map(|i| conformance::note(&i.to_string())));
    store.append(&drafts, conformance::time(1), None).unwrap();
    let size = store.position().unwrap();
    let checkpoint = Checkpoint::of(conformance::ORIGIN, &store, size).unwrap();
    let signed = checkpoint.sign(&conformance::ledger_key()).unwrap();
    (store, signed)
}

/// An archive with one release, sealed as the product does.
fn archive(root: &Path) -> Archive {
    let archive = Archive::open(root).unwrap();
    let (store, signed) = ledger(3);
    let mut files = Vec::new();
    ledger::export_files(&store, &signed, &mut |name, bytes| {
        files.push((name.to_owned(), bytes.to_vec()));
        Ok(())
    })
    .unwrap();
    let mut staging = archive.begin_stage("2.4.0").unwrap();
    staging.put_tree_files("ledger", &files).unwrap();
    staging.put_bytes("record/release-record.md", "text/markdown", b"# Record\n").unwrap();
    let stage = staging.finish().unwrap();
    let head = ReleaseHead {
        product: "triage".to_owned(),
        version: "2.4.0".to_owned(),
        kind: "full".to_owned(),
        sealed_at: conformance::time(2),
        ledger: Some(LedgerPrefix {
            origin: conformance::ORIGIN.to_owned(),
            position: signed.checkpoint.size,
            root: signed.checkpoint.root,
        }),
        stage: stage.digest(),
        evidence_manifest: None,
        annotations: BTreeMap::new(),
    };
    let released = "2026-01-01".parse().unwrap();
    let retention = compute(&RetentionInput {
        markets: vec![Market::Iso13485],
        lifetime_years: Some(10),
        released,
        last_placed: None,
        as_of: released,
    });
    archive.seal(&[&stage], head, retention, &conformance::ledger_key()).unwrap();
    archive
}

fn record_path(root: &Path) -> PathBuf {
    root.join("blobs/sha256").join(vocabulary::Digest::of(b"# Record\n").to_string())
}

fn key_line() -> String {
    signing::Signer::public(&conformance::ledger_key()).to_openssh("ledger")
}

#[test]
fn a_whole_archive_holds_and_says_what_was_checked() {
    let dir = tempfile::tempdir().unwrap();
    drop(archive(dir.path()));
    let run = verify(dir.path(), &[]);
    assert_eq!((run.code, run.codes(), run.trust()), (0, vec![], "self-consistent only"));
    let checked = &run.json["checked"];
    assert_eq!((checked["entries"].as_u64(), checked["signatures"].as_u64()), (Some(4), Some(1)));
    assert!(checked["blobs"].as_u64() > Some(5));
    assert!(run.json["fingerprints"][0].as_str().unwrap().contains("4 entries"));
    let words = String::from_utf8(program(&[dir.path().to_str().unwrap()]).stdout).unwrap();
    for said in [
        "an archive with release 2.4.0",
        "self-consistent only",
        "SHA256:",
        "Everything that was checked holds",
    ] {
        assert!(words.contains(said), "{said} in\n{words}");
    }
}

#[test]
fn an_anchor_raises_trust_and_another_key_does_not_hold() {
    let dir = tempfile::tempdir().unwrap();
    drop(archive(&dir.path().join("archive")));
    let root = dir.path().join("archive");
    assert_eq!(verify(&root, &[&key_line()]).trust(), "ledger key");
    let kept = dir.path().join("checkpoint.txt");
    fs::write(&kept, ledger(3).1.to_string()).unwrap();
    let with_checkpoint = verify(&root, &[kept.to_str().unwrap()]);
    assert_eq!((with_checkpoint.code, with_checkpoint.trust()), (0, "checkpoint"));
    fs::write(&kept, ledger(9).1.to_string()).unwrap();
    assert_eq!(verify(&root, &[kept.to_str().unwrap()]).code, 1, "the end is missing");
    let other = signing::Signer::public(&SecretKey::from_seed([1; 32], "x")).to_openssh("x");
    assert_eq!(verify(&root, &[&other]).code, 1);
}

#[test]
fn damage_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(archive(dir.path()));
    let path = record_path(dir.path());
    fs::remove_file(&path).unwrap();
    let run = verify(dir.path(), &[]);
    assert_eq!((run.code, run.codes()), (1, vec!["A010"]));
    assert_eq!(run.json["ok"], false);
    fs::write(&path, b"# recorD\n").unwrap();
    assert_eq!(verify(dir.path(), &[]).codes(), ["A011"]);
    fs::write(dir.path().join("index.json"), b"[").unwrap();
    assert!(verify(dir.path(), &[]).codes().contains(&"A002"));
}

#[test]
fn a_bag_is_checked_as_bag_and_as_archive() {
    let dir = tempfile::tempdir().unwrap();
    let bag = dir.path().join("bag");
    let archive = archive(&dir.path().join("archive"));
    archive::bagit::export_bagit(&archive, &[], &bag, "2026-01-02".parse().unwrap()).unwrap();
    let run = verify(&bag, &[&key_line()]);
    assert_eq!((run.code, run.codes(), run.trust()), (0, vec![], "ledger key"));
    assert_eq!(run.json["kind"], "bag");
    fs::write(record_path(&bag.join("data")), b"# recorD\n").unwrap();
    let codes = verify(&bag, &[]);
    assert_eq!(codes.codes(), ["A011", "A060"]);
}

#[test]
fn a_ledger_export_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let (store, signed) = ledger(300);
    let export = dir.path().join("export");
    ledger::export(&store, &signed, &export).unwrap();
    let run = verify(&export, &[]);
    assert_eq!((run.code, run.codes(), run.trust()), (0, vec![], "self-consistent only"));
    assert_eq!(run.json["checked"]["entries"], 301);
    assert!(
        !run.json["notes"].as_array().unwrap().is_empty(),
        "unknown kinds and the simulated clock are said"
    );
    assert_eq!(verify(&export, &[&key_line()]).trust(), "ledger key");
    let bundle = export.join("tile/entries/000");
    let mut bytes = fs::read(&bundle).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let damaged = verify(&export, &[]);
    assert_eq!(damaged.code, 1);
    assert!(damaged.codes().iter().all(|c| c.starts_with('L') || *c == "A070"), "{:?}", damaged.codes());
}

#[test]
fn a_record_that_does_not_count_is_a_problem() {
    let dir = tempfile::tempdir().unwrap();
    let store = MemoryStore::new();
    let mut broken = conformance::note("no such body");
    broken.kind =
        records::KINDS.iter().map(|k| k.kind).find(|k| k.starts_with("anomaly/")).unwrap().to_owned();
    store.append(&[conformance::genesis(), broken], conformance::time(1), None).unwrap();
    let checkpoint = Checkpoint::of(conformance::ORIGIN, &store, 2).unwrap();
    let export = dir.path().join("export");
    ledger::export(&store, &checkpoint.sign(&conformance::ledger_key()).unwrap(), &export).unwrap();
    let run = verify(&export, &[]);
    assert_eq!((run.code, run.codes()), (1, vec!["A070"]));
}

#[test]
fn what_cannot_be_checked_is_exit_2_and_never_a_pass() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    for args in [
        vec![dir.path().to_str().unwrap()],
        vec![file.to_str().unwrap()],
        vec!["/no/such/folder"],
        vec![],
        vec![dir.path().to_str().unwrap(), "--trust", "nonsense"],
    ] {
        let output = program(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
    // Folders that are almost an archive.
    for name in ["oci-layout", "index.json"] {
        let almost = dir.path().join(format!("almost-{name}"));
        fs::create_dir(&almost).unwrap();
        fs::write(almost.join(name), b"\xff\xfe").unwrap();
        assert_eq!(verify(&almost, &[]).code, 1, "{name}");
    }
}

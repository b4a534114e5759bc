//! The frozen bytes of format version 1 (`fixtures/formats/ledger/v1`): every later version reads and makes them so.

use crate::sample::{Files, bytes};
use ledger::merkle::{self, Tree, leaf_hash};
use ledger::{
    Anchors, Checkpoint, Clock, Draft, Entry, ExportDir, ExportFiles as _, Genesis, LedgerStore as _,
    MemoryStore, Rotation, SignedCheckpoint, Trust, sign_statement, verify_export,
};
use serde_json::{Map, Value, json};
use signing::SecretKey;
use signing::note::VerifierKey;
use std::path::PathBuf;
use vocabulary::{Digest, Instant};

pub(crate) const ORIGIN: &str = "example.org/triage";

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats/ledger/v1")
}

fn frozen(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The keys of the fixture, from seeds that everybody knows.
pub(crate) fn keys() -> [(&'static str, SecretKey); 3] {
    let key = |seed, name| (name, SecretKey::from_seed([seed; 32], name));
    [key(1, "ledger"), key(2, "ledger-second"), key(3, "qa-lead")]
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => panic!("an object was written"),
    }
}

/// The ledger that the fixture holds, made anew: genesis, a record, a personal act, a rotation, two records of one
/// append.
pub(crate) fn remade() -> MemoryStore {
    let [(_, first), (_, second), (_, person)] = keys();
    let store = MemoryStore::new();
    let mut now = 1_773_479_520_000;
    let mut append = |drafts: &[Draft]| {
        now += 60_007;
        store.append(drafts, Instant::from_millis(now), None).unwrap();
    };
    let draft = |actor: &str, kind: &str, body| {
        let (actor, via, kind) = (actor.to_owned(), "dossier 0.1.0".to_owned(), kind.to_owned());
        Draft { actor, via, kind, body: object(body), sig: None }
    };
    let key = VerifierKey::new(ORIGIN, first.public()).unwrap();
    let genesis = Genesis { origin: ORIGIN.into(), product: "triage".into(), key, clock: Clock::Simulated };
    append(&[genesis.draft("release-manager", "dossier 0.1.0")]);
    append(&[draft(
        "tester",
        "anomaly/report/v1",
        json!({"id": "AN-1", "title": "Grüße werden nicht gezeigt \u{1f600}"}),
    )]);
    let statement = json!({
        "after-position": 2, "at": "2026-03-14T09:14:00.014Z", "digest": Digest::of(b"AN-1").to_string(),
        "format": "dossier/statement/v1", "kind": "anomaly/evaluate/v1", "meaning": "evaluation", "origin": ORIGIN,
        "person": "qa-lead", "role": "qa-lead", "subject": "AN-1"
    });
    let mut act = draft("qa-lead", "anomaly/evaluate/v1", json!({"id": "AN-1", "residual": true}));
    act.sig = Some(sign_statement(object(statement), &person).unwrap());
    append(&[act]);
    let rotation = Rotation::by_both_keys(ORIGIN, 3, &first, &second, "yearly change").unwrap();
    append(&[rotation.draft("release-manager", "dossier 0.1.0")]);
    append(&[
        draft(
            "ci",
            "test/import/v1",
            json!({"failed": 0, "passed": 212, "report": Digest::of(b"report").to_string()}),
        ),
        draft("ci", "test/import/v1", json!({"failed": 1, "passed": 3, "report": null})),
    ]);
    store
}

fn signed(store: &MemoryStore, size: u64, key: &SecretKey) -> SignedCheckpoint {
    Checkpoint::of(ORIGIN, store, size).unwrap().sign(key).unwrap()
}

/// The text files of the fixture by name, made anew.
fn texts(store: &MemoryStore) -> Vec<(&'static str, String)> {
    let [(_, first), (_, second), _] = keys();
    let keys = keys().map(|(name, key)| {
        let verifier = VerifierKey::new(ORIGIN, key.public()).unwrap().to_string();
        json!({"name": name, "openssh": key.public().to_openssh(name), "fingerprint": key.public().fingerprint(), "verifier": verifier})
    });
    let mut entries =
        bytes(store).into_iter().map(|b| String::from_utf8(b).unwrap()).collect::<Vec<_>>().join("\n");
    entries.push('\n');
    let mut tree = Tree::new();
    let mut leaves = Vec::new();
    for bytes in bytes(store) {
        leaves.push(leaf_hash(&bytes).to_string());
        tree.push(leaf_hash(&bytes));
    }
    let hex = |hashes: Vec<Digest>| hashes.iter().map(Digest::to_string).collect::<Vec<_>>();
    let vectors = json!({
        "leaves": leaves,
        "roots": (0..=6).map(|n| tree.root_at(n).unwrap().to_string()).collect::<Vec<_>>(),
        "inclusion": {"index": 2, "size": 6, "proof": hex(tree.inclusion_proof(2, 6).unwrap())},
        "consistency": {"old": 3, "new": 6, "proof": hex(tree.consistency_proof(3, 6).unwrap())},
    });
    let pretty = |v: &Value| format!("{}\n", serde_json::to_string_pretty(v).unwrap());
    vec![
        ("keys.json", pretty(&json!(keys))),
        ("entries.jsonl", entries),
        ("vectors.json", pretty(&vectors)),
        ("checkpoint-3", signed(store, 3, &first).to_string()),
        ("checkpoint-6", signed(store, 6, &second).to_string()),
    ]
}

#[test]
fn what_is_made_today_are_the_frozen_bytes() {
    let store = remade();
    for (name, text) in texts(&store) {
        assert_eq!(text, frozen(name), "{name}");
    }
    let [_, (_, second), _] = keys();
    let made = Files::of(&store, &signed(&store, 6, &second));
    let dir = folder().join("export");
    let dir = ExportDir(&dir);
    assert_eq!(made.names().unwrap(), dir.names().unwrap());
    for (name, bytes) in made.0 {
        assert_eq!(dir.read(&name).unwrap(), Some(bytes), "{name}");
    }
}

#[test]
fn the_frozen_bytes_are_read_and_verified() {
    for line in frozen("entries.jsonl").lines() {
        assert_eq!(Entry::decode(line.as_bytes()).unwrap().encode().unwrap(), line.as_bytes());
    }
    let keys: Value = serde_json::from_str(&frozen("keys.json")).unwrap();
    let key = |n: usize| keys[n]["verifier"].as_str().unwrap().parse::<VerifierKey>().unwrap();
    let checkpoints = vec![frozen("checkpoint-3").into_bytes()];
    let anchors = Anchors { checkpoints, keys: vec![key(0)], origin: Some(ORIGIN.into()), persons: None };
    let report = verify_export(&folder().join("export"), &anchors).unwrap();
    assert!(report.ok(), "{:#?}", report.problems);
    assert_eq!((report.entries, report.signatures, report.trust), (6, 1, Trust::Checkpoint));

    let open = |name: &str, n| SignedCheckpoint::open(frozen(name).as_bytes(), &key(n)).unwrap().checkpoint;
    let (old, new) = (open("checkpoint-3", 0), open("checkpoint-6", 1));
    let vectors: Value = serde_json::from_str(&frozen("vectors.json")).unwrap();
    let proof =
        |name: &str| -> Vec<Digest> { serde_json::from_value(vectors[name]["proof"].clone()).unwrap() };
    let leaf = serde_json::from_value(vectors["leaves"][2].clone()).unwrap();
    merkle::verify_inclusion(leaf, 2, 6, &proof("inclusion"), new.root).unwrap();
    merkle::verify_consistency(3, 6, old.root, new.root, &proof("consistency")).unwrap();
}

/// Froze the format once; run by name where a new version gets a folder of its own.
#[test]
#[ignore = "writes the fixture, where there is none"]
fn freeze() {
    let (folder, store) = (folder(), remade());
    std::fs::create_dir(&folder).unwrap();
    for (name, text) in texts(&store) {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let [_, (_, second), _] = keys();
    ledger::export(&store, &signed(&store, 6, &second), &folder.join("export")).unwrap();
}

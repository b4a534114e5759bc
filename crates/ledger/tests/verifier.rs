//! What the verifier says of ledgers that are wrong in one way, and what its anchors are worth.

use crate::sample::{Files, bytes, checkpoint, ledger};
use ledger::conformance::{ORIGIN, entries, genesis, ledger_key, note, signed_note, time};
use ledger::{
    Anchors, Checkpoint, Entry, ExportError, LedgerStore as _, MemoryStore, Trust, VerifyReport, export,
    merkle, read_entries, verify, verify_export, verify_files, verify_store,
};
use signing::SecretKey;
use signing::note::VerifierKey;

fn key() -> VerifierKey {
    VerifierKey::new(ORIGIN, ledger_key().public()).unwrap()
}

fn codes(report: &VerifyReport) -> Vec<(&'static str, Option<u64>)> {
    report.problems.iter().map(|p| (p.code, p.seq)).collect()
}

#[test]
fn each_wrong_entry_has_its_code() {
    let good = bytes(&ledger(12));
    let change = |n: usize, change: &dyn Fn(&mut Entry)| {
        let mut entry = Entry::decode(&good[n]).unwrap();
        change(&mut entry);
        entry.encode().unwrap()
    };
    let late_genesis = genesis().at(5, time(5)).encode().unwrap();
    type Case = (&'static str, usize, Vec<u8>, (&'static str, Option<u64>));
    let cases: Vec<Case> = vec![
        ("not JSON", 5, b"{".to_vec(), ("L001", Some(5))),
        ("white space", 5, [&good[5][..], b" "].concat(), ("L001", Some(5))),
        ("a later place", 5, change(5, &|e| e.seq = 9), ("L002", Some(5))),
        ("an earlier place", 5, change(5, &|e| e.seq = 2), ("L003", Some(2))),
        ("an earlier time", 5, change(5, &|e| e.at = time(1)), ("L004", Some(5))),
        ("a second genesis", 5, late_genesis, ("L005", Some(5))),
        ("no genesis", 0, note("first").at(0, time(0)).encode().unwrap(), ("L005", Some(0))),
        (
            "a changed statement",
            10,
            change(10, &|e| {
                e.sig.as_mut().unwrap().statement.insert("subject".into(), "other".into());
            }),
            ("L008", Some(10)),
        ),
        (
            "another key's id",
            10,
            change(10, &|e| e.sig.as_mut().unwrap().key_id = "SHA256:x".into()),
            ("L008", Some(10)),
        ),
        (
            "an unknown algorithm",
            10,
            change(10, &|e| e.sig.as_mut().unwrap().alg = "x509".into()),
            ("L008", Some(10)),
        ),
        (
            "a pasted signature",
            11,
            change(11, &|e| {
                e.sig = Entry::decode(&good[10]).unwrap().sig;
            }),
            ("L009", Some(11)),
        ),
        (
            "a statement for another ledger",
            11,
            change(11, &|e| {
                let mut statement = signed_note("x").sig.unwrap().statement;
                statement.insert("origin".into(), "example.org/other".into());
                e.sig = Some(ledger::sign_statement(statement, &ledger_key()).unwrap());
            }),
            ("L010", Some(11)),
        ),
        ("an empty rotation", 5, change(5, &|e| e.kind = "ledger/rotate/v1".into()), ("L011", Some(5))),
    ];
    for (what, n, bytes, expected) in cases {
        let mut entries = good.clone();
        entries[n] = bytes;
        let report = verify(&entries, None, &Anchors::default());
        assert!(codes(&report).contains(&expected), "{what}: {:#?}", report.problems);
    }
    assert_eq!(codes(&verify(Vec::<Vec<u8>>::new(), None, &Anchors::default())), [("L043", None)]);
}

#[test]
fn every_problem_is_reported_not_only_the_first() {
    let mut entries = bytes(&ledger(12));
    entries[3] = b"{}".to_vec();
    entries[6] = b"[]".to_vec();
    entries.remove(9);
    let report = verify(&entries, None, &Anchors::default());
    assert_eq!(codes(&report), [("L001", Some(3)), ("L001", Some(6)), ("L002", Some(9))]);
    let garbage = vec![b"x".to_vec(); 5_000];
    let report = verify(&garbage, None, &Anchors::default());
    assert_eq!(report.problems.len(), 1_001, "the list is bounded");
    assert!(
        report.problems.last().unwrap().message.starts_with("4000 further"),
        "{:?}",
        report.problems.last()
    );
}

#[test]
fn without_anchors_a_ledger_is_only_consistent_with_itself() {
    let store = ledger(40);
    let signed = checkpoint(&store, 40).to_string();
    let trust = |checkpoint: Option<&str>, anchors: &Anchors<'_>| {
        let report = verify_store(&store, checkpoint.map(str::as_bytes), anchors).unwrap();
        assert!(report.ok(), "{:#?}", report.problems);
        report.trust
    };
    assert_eq!(trust(Some(&signed), &Anchors::default()), Trust::SelfConsistent);
    let keyed = Anchors { keys: vec![key()], origin: Some(ORIGIN.into()), ..Anchors::default() };
    assert_eq!(trust(Some(&signed), &keyed), Trust::Key);
    assert_eq!(trust(None, &keyed), Trust::SelfConsistent, "without a checkpoint the key has signed nothing");
    for size in [1, 17, 40] {
        let checkpoints = vec![checkpoint(&store, size).to_string().into_bytes()];
        assert_eq!(trust(None, &Anchors { checkpoints, ..Anchors::default() }), Trust::Checkpoint);
    }
}

#[test]
fn anchors_find_what_a_ledger_alone_cannot_show() {
    let (genuine, signed) = (ledger(40), checkpoint(&ledger(40), 40).to_string());
    let anchored = Anchors { checkpoints: vec![signed.clone().into_bytes()], ..Anchors::default() };
    let keyed = Anchors { keys: vec![key()], ..Anchors::default() };

    let cut = MemoryStore::from_entries(bytes(&genuine)[..30].to_vec()).unwrap();
    let cut_signed = checkpoint(&cut, 30).to_string();
    let report = verify_store(&cut, Some(cut_signed.as_bytes()), &anchored).unwrap();
    assert_eq!(codes(&report), [("L031", Some(30))], "the end is cut off");

    let mut rewritten = bytes(&genuine);
    let mut entry = Entry::decode(&rewritten[7]).unwrap();
    entry.actor = "somebody else".into();
    rewritten[7] = entry.encode().unwrap();
    let rewritten = MemoryStore::from_entries(rewritten).unwrap();
    let resigned = checkpoint(&rewritten, 40).to_string();
    assert!(
        verify_store(&rewritten, Some(resigned.as_bytes()), &keyed).unwrap().ok(),
        "the key's holder can do this"
    );
    let report = verify_store(&rewritten, Some(resigned.as_bytes()), &anchored).unwrap();
    assert_eq!(codes(&report), [("L032", None)]);

    let other = SecretKey::from_seed([66; 32], "");
    let mut forged = genesis();
    let other_key = VerifierKey::new(ORIGIN, other.public()).unwrap();
    forged.body.insert("key".into(), other_key.to_string().into());
    let store = MemoryStore::new();
    store.append(&[forged, note("forged")], time(0), None).unwrap();
    let signed_by_other = Checkpoint::of(ORIGIN, &store, 2).unwrap().sign(&other).unwrap().to_string();
    let report = verify_store(&store, Some(signed_by_other.as_bytes()), &keyed).unwrap();
    assert_eq!(codes(&report), [("L033", None)]);
    let small =
        Anchors { checkpoints: vec![checkpoint(&genuine, 2).to_string().into_bytes()], ..Anchors::default() };
    assert_eq!(codes(&verify_store(&store, None, &small).unwrap()), [("L030", None)]);

    let elsewhere = Anchors { origin: Some("example.org/other".into()), ..Anchors::default() };
    assert_eq!(codes(&verify_store(&genuine, None, &elsewhere).unwrap()), [("L034", Some(0))]);
}

#[test]
fn a_wrong_checkpoint_has_its_code() {
    let store = ledger(20);
    let good = checkpoint(&store, 20);
    let other = SecretKey::from_seed([66; 32], "");
    let sized =
        |size| Checkpoint { size, ..good.checkpoint.clone() }.sign(&ledger_key()).unwrap().to_string();
    let root =
        Checkpoint { root: merkle::empty_root(), ..good.checkpoint.clone() }.sign(&ledger_key()).unwrap();
    let cases = [
        (String::new(), vec![("L020", None)]),
        ("no note".to_owned(), vec![("L020", None)]),
        (good.checkpoint.clone().sign(&other).unwrap().to_string(), vec![("L021", None)]),
        (sized(19), vec![("L022", Some(19))]),
        (sized(21), vec![("L022", Some(20))]),
        (root.to_string(), vec![("L023", None)]),
    ];
    for (checkpoint, expected) in cases {
        let report = verify_store(&store, Some(checkpoint.as_bytes()), &Anchors::default()).unwrap();
        assert_eq!(codes(&report), expected, "{checkpoint}");
    }
}

#[test]
fn an_export_is_written_once_read_back_and_verified() {
    let store = ledger(600);
    let dir = tempfile::tempdir().unwrap();
    let (target, signed) = (dir.path().join("export"), checkpoint(&store, 600));
    export(&store, &signed, &target).unwrap();
    let anchors = Anchors { keys: vec![key()], ..Anchors::default() };
    let report = verify_export(&target, &anchors).unwrap();
    assert!(report.ok(), "{:#?}", report.problems);
    assert_eq!((report.entries, report.trust), (600, Trust::Key));
    assert_eq!(read_entries(&ledger::ExportDir(&target)).unwrap(), bytes(&store));
    assert!(
        matches!(export(&store, &signed, &target), Err(ExportError::NotEmpty(_))),
        "nothing is overwritten"
    );
    assert!(verify_export(&dir.path().join("absent"), &anchors).is_err());
    let other = checkpoint(&ledger(599), 599);
    let mixed = Checkpoint { size: 600, ..other.checkpoint }.sign(&ledger_key()).unwrap();
    let refused = export(&store, &mixed, &dir.path().join("mixed"));
    assert!(matches!(refused, Err(ExportError::OtherRoot(600))), "{refused:?}");
}

#[test]
fn an_oversized_or_irregular_file_is_found_without_reading_it_whole() {
    let store = ledger(3);
    let dir = tempfile::tempdir().unwrap();
    let (target, bundle) = (dir.path().join("export"), dir.path().join("export/tile/entries/000.p/3"));
    export(&store, &checkpoint(&store, 3), &target).unwrap();
    let found = || codes(&verify_export(&target, &Anchors::default()).unwrap());
    let file = std::fs::OpenOptions::new().append(true).open(&bundle).unwrap();
    file.set_len(1 << 33).unwrap();
    assert_eq!(found(), [("L041", Some(3))], "eight sparse gigabytes");
    #[cfg(unix)]
    {
        std::fs::remove_file(&bundle).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &bundle).unwrap();
        assert_eq!(found()[0], ("L040", Some(0)), "a link is not followed");
    }
}

#[test]
fn a_prefix_can_be_exported() {
    let store = ledger(300);
    for size in [1, 2, 255, 256, 257] {
        let report =
            verify_files(&Files::of(&store, &checkpoint(&store, size)), &Anchors::default()).unwrap();
        assert!(report.ok(), "{size}: {:#?}", report.problems);
        assert_eq!(report.entries, size);
    }
    assert_eq!(entries(&store).len(), 300);
}

#[test]
fn memory_passes_the_conformance_suite() {
    ledger::conformance::run(&MemoryStore::new);
}

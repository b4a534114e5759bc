//! What is sealed comes back, verifies, and is shared between releases.

use crate::fixture::{self, Sealed, ledger, listing, source_tree};
use archive::verify::Known;
use archive::{Archive, ArchiveError, SealError, StageError, verify_archive, verify_release};
use ledger::Trust;
use std::fs;
use std::io::Read as _;

#[test]
fn a_sealed_release_reads_back_and_verifies() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    let out = sealed.dir.path().join("out");
    archive.unpack("2.4.0", "sources", &out).unwrap();
    assert_eq!(listing(&out), listing(&sealed.tree()));
    let mut record = String::new();
    archive.open_layer("2.4.0", "record/release-record.md").unwrap().read_to_string(&mut record).unwrap();
    assert_eq!(record, "# Release record\n");
    assert!(archive.read_tree_file("2.4.0", "ledger", "checkpoint").unwrap().is_some());
    assert_eq!(archive.read_tree_file("2.4.0", "ledger", "absent").unwrap(), None);
    assert!(archive.stages().unwrap().is_empty(), "the stages are gone");

    let report = verify_archive(archive.store(), &Known::default());
    assert_eq!(report.problems, []);
    assert_eq!((report.releases.as_slice(), report.entries), (&["2.4.0".to_owned()][..], 4));
    assert_eq!((report.signatures, report.trust), (1, Trust::SelfConsistent));
    assert!(report.fingerprints.iter().any(|f| f.contains("SHA256:")), "{:?}", report.fingerprints);
    assert!(matches!(archive.unpack("2.4.0", "sources", &out), Err(ArchiveError::Unpack(_))), "not empty");
    assert!(matches!(archive.release("9.9"), Err(ArchiveError::NoRelease(_))));
    assert!(matches!(archive.open_layer("2.4.0", "x"), Err(ArchiveError::NoLayer { .. })));
}

#[test]
fn what_the_caller_knows_raises_trust_or_finds_another_ledger() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    let key = ledger::conformance::ledger_key().public();
    let with_key = Known { keys: vec![key], ..Known::default() };
    assert_eq!(verify_archive(archive.store(), &with_key).trust, Trust::Key);
    let checkpoint = fixture::checkpoint(&ledger(3)).to_string().into_bytes();
    let with_checkpoint = Known { checkpoints: vec![checkpoint], ..Known::default() };
    let report = verify_archive(archive.store(), &with_checkpoint);
    assert_eq!((report.trust, report.problems), (Trust::Checkpoint, vec![]));
    // A checkpoint of a longer ledger: entries are missing here.
    let longer = fixture::checkpoint(&ledger(9)).to_string().into_bytes();
    let truncated = verify_archive(archive.store(), &Known { checkpoints: vec![longer], ..Known::default() });
    assert!(!truncated.problems.is_empty());
    let other = signing::SecretKey::from_seed([1; 32], "other").public();
    let foreign = verify_archive(archive.store(), &Known { keys: vec![other], ..Known::default() });
    assert!(!foreign.problems.is_empty());
}

#[test]
fn the_next_release_stores_only_what_is_new() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    source_tree(&sealed.tree(), 3);
    let receipt = fixture::seal(&archive, "2.5.0", &sealed.tree(), &ledger(5)).unwrap();
    // `bin/engine` is new (700 kB), `bin/tool` (3 MB) is not.
    assert!((700_000..900_000).contains(&receipt.bytes_added), "{receipt:?}");
    assert!(receipt.bytes > 3_700_000);
    let report = verify_archive(archive.store(), &Known::default());
    assert_eq!(report.problems, []);
    assert_eq!(report.releases, ["2.4.0", "2.5.0"]);
    let one = verify_release(archive.store(), "2.5.0", &Known::default());
    assert_eq!((one.problems.len(), one.releases.len()), (0, 1));
    for version in ["2.4.0", "2.5.0"] {
        archive.unpack(version, "sources", &sealed.dir.path().join(version)).unwrap();
    }
    assert_eq!(listing(&sealed.dir.path().join("2.5.0")), listing(&sealed.tree()));
    assert_eq!(receipt.documents.len(), 2);
    assert!(matches!(
        fixture::seal(&archive, "2.5.0", &sealed.tree(), &ledger(5)),
        Err(SealError::Exists(v)) if v == "2.5.0"
    ));
}

#[test]
fn the_same_files_give_the_same_stage() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let digests = [a, b].map(|dir| {
        source_tree(&dir.path().join("tree"), 2);
        let archive = Archive::open(&dir.path().join("archive")).unwrap();
        fixture::stage(&archive, "1.0", &dir.path().join("tree"), &ledger(1));
        let stage = archive.stage("1.0").unwrap();
        assert_eq!(archive.check_stage(&stage), []);
        let out = dir.path().join("out");
        archive.unpack_staged(&stage, "sources", &out).unwrap();
        assert_eq!(listing(&out), listing(&dir.path().join("tree")));
        stage.digest()
    });
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn what_cannot_be_archived_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(&dir.path().join("archive")).unwrap();
    let tree = dir.path().join("tree");
    fs::create_dir_all(tree.join("empty")).unwrap();
    let mut staging = archive.begin_stage("1.0").unwrap();
    assert!(matches!(staging.put_tree("sources", &tree), Err(StageError::Empty(_))), "empty is not none");
    assert!(staging.put_tree("sources", &tree.join("absent")).is_err());
    assert!(matches!(staging.put_bytes("../x", "text/plain", b""), Err(StageError::Name(_))));
    staging.put_bytes("x", "text/plain", b"1").unwrap();
    assert!(matches!(staging.put_bytes("x", "text/plain", b"2"), Err(StageError::Twice(_))));
    let twice = [("a".to_owned(), b"1".to_vec()), ("a".to_owned(), b"2".to_vec())];
    assert!(matches!(staging.put_tree_files("t", &twice), Err(StageError::Unsupported { .. })));
    for outside in ["../a", "/a", "a/../b", ""] {
        let files = [(outside.to_owned(), b"1".to_vec())];
        assert!(
            matches!(staging.put_tree_files("t", &files), Err(StageError::Unsupported { .. })),
            "{outside}"
        );
    }
    #[cfg(unix)]
    for target in ["/etc/passwd", "../../x", "a/../../x"] {
        let _ = fs::remove_file(tree.join("link"));
        std::os::unix::fs::symlink(target, tree.join("link")).unwrap();
        let refused = staging.put_tree("sources", &tree);
        assert!(matches!(refused, Err(StageError::Unsupported { .. })), "{target}: {refused:?}");
    }
    drop(staging);
    assert!(archive.stages().unwrap().is_empty());
    assert_eq!(fs::read_dir(dir.path().join("archive/staging")).unwrap().count(), 1, "only the lock is left");
    for name in ["", "..", "a/b", ".x", "lock", "x.partial", "x.tmp"] {
        assert!(
            matches!(archive.begin_stage(name), Err(ArchiveError::Stage(StageError::StageName(_)))),
            "{name}"
        );
    }
    assert!(matches!(archive.begin_stage("2").unwrap().finish(), Err(StageError::Empty(_))));
}

#[test]
fn an_empty_archive_and_no_archive_are_problems() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let report = verify_archive(archive.store(), &Known::default());
    let codes: Vec<&str> = report.problems.iter().map(|p| p.code.code()).collect();
    assert_eq!(codes, ["A001", "A002"]);
    assert!(Archive::read_only(&dir.path().join("absent")).is_err());
}

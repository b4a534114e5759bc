//! Retention, holds, disposition, the second copy and the bag.

use crate::fixture::{self, Sealed, ledger, source_tree};
use archive::bagit::{export_bagit, verify_bag};
use archive::mirror::mirror;
use archive::retention::{Market, RetentionInput, compute};
use archive::verify::Known;
use archive::{Archive, ArchiveError, Code, DiskBlobs, verify_archive};
use std::fs;
use std::process::Command;
use vocabulary::Date;

fn day(s: &str) -> Date {
    s.parse().unwrap()
}

fn hold(reason: &str) -> archive::Hold {
    let at = "2027-01-01T00:00:00.000Z".parse().unwrap();
    archive::Hold { reason: reason.to_owned(), by: "qa-lead".to_owned(), at }
}

#[test]
fn nothing_goes_before_its_time_and_shared_blobs_stay() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    source_tree(&sealed.tree(), 3);
    fixture::seal(&archive, "2.5.0", &sealed.tree(), &ledger(5)).unwrap();
    let kept = |r: Result<Vec<_>, ArchiveError>| matches!(r, Err(ArchiveError::Kept { .. }));
    assert!(kept(archive.dispose("2.4.0", day("2036-03-13"))));
    archive.hold("2.4.0", hold("complaint C-7")).unwrap();
    assert!(kept(archive.dispose("2.4.0", day("2099-01-01"))), "a hold has no end");
    archive.lift_hold("2.4.0", "complaint C-7").unwrap();
    let longer = compute(&RetentionInput {
        markets: vec![Market::EuMdr],
        lifetime_years: Some(10),
        released: day("2026-03-14"),
        last_placed: Some(day("2030-01-01")),
        as_of: day("2031-01-01"),
    });
    archive.set_retention("2.4.0", longer).unwrap();
    let shorter = archive.set_retention("2.4.0", fixture::retention());
    assert!(matches!(shorter, Err(ArchiveError::Shortened { .. })));
    assert!(kept(archive.dispose("2.4.0", day("2036-03-14"))));
    assert_eq!(verify_archive(archive.store(), &Known::default()).problems, []);
    let removed = archive.dispose("2.4.0", day("2040-01-01")).unwrap();
    assert!(!removed.is_empty());
    let report = verify_archive(archive.store(), &Known::default());
    assert_eq!((report.problems.len(), report.releases.as_slice()), (0, &["2.5.0".to_owned()][..]));
    assert!(matches!(archive.dispose("2.4.0", day("2099-01-01")), Err(ArchiveError::NoRelease(_))));
}

#[test]
fn an_open_end_is_a_hold() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    let open = compute(&RetentionInput {
        markets: vec![Market::EuMdr],
        lifetime_years: Some(10),
        released: day("2026-03-14"),
        last_placed: None,
        as_of: day("2026-03-14"),
    });
    archive.set_retention("2.4.0", open).unwrap();
    assert!(archive.dispose("2.4.0", day("2099-01-01")).is_err());
    let digest = archive.release("2.4.0").unwrap().oci_manifest;
    assert!(archive.store().protection(digest).unwrap().hold);
}

#[test]
fn each_copy_repairs_the_other() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    let copy_root = sealed.dir.path().join("copy");
    let copy = DiskBlobs::open(&copy_root).unwrap();
    let first = mirror(archive.store(), &copy).unwrap();
    assert!(first.copied > 5 && first.problems.is_empty());
    assert_eq!(verify_archive(&copy, &Known::default()).problems, []);

    let blobs = archive.store().list().unwrap();
    let damage = |root: &std::path::Path, i: usize| {
        let path = root.join("blobs/sha256").join(blobs[i].to_string());
        fs::remove_file(&path).unwrap();
        fs::write(path, b"damaged").unwrap();
    };
    damage(&sealed.root(), 0);
    damage(&copy_root, 1);
    let second = mirror(archive.store(), &copy).unwrap();
    assert_eq!(
        (second.repaired_here.as_slice(), second.repaired_there.as_slice()),
        (&blobs[..1], &blobs[1..2])
    );
    assert_eq!(verify_archive(archive.store(), &Known::default()).problems, []);
    assert_eq!(verify_archive(&copy, &Known::default()).problems, []);

    damage(&sealed.root(), 2);
    damage(&copy_root, 2);
    let third = mirror(archive.store(), &copy).unwrap();
    assert_eq!(third.problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::Changed]);
}

#[test]
fn a_bag_is_accepted_by_sha256sum_and_changes_are_found() {
    let sealed = Sealed::new();
    let archive = sealed.open();
    source_tree(&sealed.tree(), 3);
    fixture::seal(&archive, "2.5.0", &sealed.tree(), &ledger(5)).unwrap();
    let bag = sealed.dir.path().join("bag");
    export_bagit(&archive, &["2.4.0".to_owned()], &bag, day("2026-03-15")).unwrap();
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        match Command::new("sha256sum")
            .args(["--quiet", "--strict", "-c", manifest])
            .current_dir(&bag)
            .status()
        {
            Ok(status) => assert!(status.success(), "{manifest}"),
            Err(e) => eprintln!("skipped: sha256sum cannot be run: {e}"),
        }
    }
    assert_eq!(verify_bag(&bag), []);
    let data = Archive::read_only(&bag.join("data")).unwrap();
    let known = Known { copy: true, ..Known::default() };
    let report = verify_archive(data.store(), &known);
    assert_eq!((report.problems.len(), report.releases.len()), (0, 1), "{:?}", report.problems);
    assert!(export_bagit(&archive, &[], &bag, day("2026-03-15")).is_err(), "not into a full folder");
    assert!(
        export_bagit(&archive, &["9".to_owned()], &sealed.dir.path().join("b2"), day("2026-03-15")).is_err()
    );

    fs::write(bag.join("data/more"), b"").unwrap();
    fs::write(bag.join("note"), b"").unwrap();
    fs::write(bag.join("data/README.md"), b"").unwrap();
    fs::remove_file(bag.join("data/unpack.sh")).unwrap();
    let problems = verify_bag(&bag);
    assert_eq!(problems.len(), 4, "{problems:?}");
    for bad in ["", "x", "abc  data/x\n", &format!("{}  ../x\n", "0".repeat(64))] {
        fs::write(bag.join("manifest-sha256.txt"), bad).unwrap();
        assert!(verify_bag(&bag).iter().any(|p| p.path == "manifest-sha256.txt"), "{bad}");
    }
}

//! An archive of format version 1 as it was written when that version was made: every later version reads it.

use crate::fixture::{self, ledger, listing};
use archive::verify::Known;
use archive::{Archive, verify_archive};
use std::fs;
use std::path::{Path, PathBuf};

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/formats/archive/v1")
}

#[test]
fn version_1_still_verifies_and_unpacks() {
    let archive = Archive::read_only(&frozen()).expect("fixtures/formats/archive/v1");
    let report = verify_archive(archive.store(), &Known::default());
    assert_eq!(report.problems, []);
    assert_eq!((report.releases.as_slice(), report.entries), (&["1.0.0".to_owned()][..], 4));
    let out = tempfile::tempdir().unwrap();
    archive.unpack("1.0.0", "sources", &out.path().join("x")).unwrap();
    let files = listing(&out.path().join("x"));
    assert_eq!(files[Path::new("src/with space")].1, b"odd");
    assert_eq!(files[Path::new("empty.rs")].1, b"");
    assert_eq!(files[Path::new("src/main.rs")].1, b"fn main() {}\n");
}

/// `cargo test -p archive --test main -- --ignored write_the_frozen_archive`, once per version of the format.
#[test]
#[ignore = "writes the fixture; a frozen one is never written again"]
fn write_the_frozen_archive() {
    let root = frozen();
    assert!(!root.exists(), "a frozen archive is never written again");
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir(tree.path().join("src")).unwrap();
    for (path, bytes) in [("src/main.rs", "fn main() {}\n"), ("src/with space", "odd"), ("empty.rs", "")] {
        fs::write(tree.path().join(path), bytes).unwrap();
    }
    fixture::seal(&Archive::open(&root).unwrap(), "1.0.0", tree.path(), &ledger(3)).unwrap();
    fs::remove_dir_all(root.join("staging")).unwrap();
}

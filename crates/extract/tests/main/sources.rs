//! Folders, zips, the cache and runs over many files.

use crate::child::reader;
use extract::specimen::package;
use extract::{Cache, Folder, Outcome, Reason, Source as _, Zip, read_all};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

fn outcome<'r>(read: &'r [extract::FileRead], name: &str) -> &'r Outcome {
    &read.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("{name} in {read:?}")).outcome
}

fn reason(read: &[extract::FileRead], name: &str) -> Reason {
    match outcome(read, name) {
        Outcome::Unread(unread) => unread.reason,
        Outcome::Read(text) => panic!("{name} was read: {text:?}"),
    }
}

#[test]
fn a_folder_is_read_whole_and_what_is_not_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(at("plans/old")).unwrap();
    std::fs::write(at("plans/old/plan.md"), "# Plan\n\ntext").unwrap();
    std::fs::write(at("~$plan.docx"), "x").unwrap();
    std::fs::write(at("notes.gdoc"), "{}").unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"gr\xfc\xdfe.txt");
    std::fs::write(dir.path().join(odd), "old encoding").unwrap();
    symlink("/etc/passwd", at("outside.txt")).unwrap();
    symlink("plans", at("inside")).unwrap();
    rustix_fifo(&at("pipe"));
    let folder = Folder::open(dir.path()).unwrap();
    let read = read_all(&folder, &reader(), None, 2, &|_| {}).unwrap();
    assert!(matches!(outcome(&read, "plans/old/plan.md"), Outcome::Read(_)));
    assert!(matches!(outcome(&read, "gr\\xfc\\xdfe.txt"), Outcome::Read(_)));
    assert_eq!(reason(&read, "~$plan.docx"), Reason::NoDocument);
    assert_eq!(reason(&read, "notes.gdoc"), Reason::Pointer);
    assert_eq!(reason(&read, "outside.txt"), Reason::NotAFile);
    assert_eq!(reason(&read, "inside"), Reason::NotAFile);
    assert_eq!(reason(&read, "pipe"), Reason::NotAFile);
}

fn rustix_fifo(path: &Path) {
    let status = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_folder_that_changes_underfoot_gives_reasons() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["gone.txt", "swapped.txt", "denied.txt"] {
        std::fs::write(dir.path().join(name), "text").unwrap();
    }
    let folder = Folder::open(dir.path()).unwrap();
    let entries = folder.entries().unwrap();
    let bytes = |name: &str| folder.bytes(entries.iter().find(|e| e.name == name).unwrap(), 1000);
    std::fs::remove_file(dir.path().join("gone.txt")).unwrap();
    assert_eq!(bytes("gone.txt").unwrap_err().reason, Reason::Changed);
    // Between listing and reading somebody puts a link in its place.
    std::fs::remove_file(dir.path().join("swapped.txt")).unwrap();
    symlink("/etc/passwd", dir.path().join("swapped.txt")).unwrap();
    assert_eq!(bytes("swapped.txt").unwrap_err().reason, Reason::NotAFile);
    std::fs::set_permissions(dir.path().join("denied.txt"), std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read it all the same.
    if let Err(unread) = bytes("denied.txt") {
        assert_eq!(unread.reason, Reason::PermissionDenied);
    }
}

#[test]
fn a_file_of_two_gigabytes_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(dir.path().join("huge.pdf")).unwrap();
    file.set_len(2 << 30).unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let read = read_all(&folder, &reader(), None, 1, &|_| {}).unwrap();
    assert_eq!(reason(&read, "huge.pdf"), Reason::TooLarge);
}

#[test]
fn a_second_run_reads_only_what_changed_and_the_folder_stays_untouched() {
    let (dir, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(dir.path().join("a.txt"), "first").unwrap();
    std::fs::write(dir.path().join("b.txt"), "second").unwrap();
    let cache = Cache::open(kept.path()).unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let run = || read_all(&folder, &reader(), Some(&cache), 2, &|_| {}).unwrap();
    assert!(run().iter().all(|f| !f.cached));
    std::fs::write(dir.path().join("b.txt"), "second, changed").unwrap();
    let again = run();
    let cached: Vec<(&str, bool)> = again.iter().map(|f| (f.name.as_str(), f.cached)).collect();
    assert_eq!(cached, [("a.txt", true), ("b.txt", false)]);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2);
    // A broken cache is no cache.
    for shelf in std::fs::read_dir(kept.path().join(format!("reader-{}", extract::READER_VERSION))).unwrap() {
        for text in std::fs::read_dir(shelf.unwrap().path()).unwrap() {
            std::fs::write(text.unwrap().path(), b"noise").unwrap();
        }
    }
    assert!(run().iter().all(|f| !f.cached && matches!(f.outcome, Outcome::Read(_))));
}

#[test]
fn a_zip_is_a_source_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("set.zip");
    std::fs::write(
        &path,
        package(&[("docs/plan.md", "# Plan\n\ntext"), ("../up.txt", "text"), ("x.gdoc", "{}")]),
    )
    .unwrap();
    let zip = Zip::open(&path).unwrap();
    let read = read_all(&zip, &reader(), None, 2, &|_| {}).unwrap();
    assert!(matches!(outcome(&read, "docs/plan.md"), Outcome::Read(_)));
    assert_eq!(reason(&read, "x.gdoc"), Reason::Pointer);
    std::fs::write(&path, b"no zip").unwrap();
    assert!(Zip::open(&path).is_err());
}

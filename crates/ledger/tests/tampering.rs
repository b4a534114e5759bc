//! Every changed, dropped, inserted or reordered byte of an export is found and named.

use crate::sample::{Files, bytes, checkpoint, ledger};
use ledger::conformance::{ORIGIN, note, time};
use ledger::tile::{TilePath, decode_bundle, encode_bundle};
use ledger::{Anchors, Entry, MemoryStore, Problem, Trust, VerifyReport, verify_files};
use proptest::prelude::*;
use std::sync::LazyLock;

/// More than one bundle and tile, and a partial one at the end.
const SIZE: u64 = 300;

static GOOD: LazyLock<(Vec<Vec<u8>>, Files)> = LazyLock::new(|| {
    let store = ledger(SIZE);
    (bytes(&store), Files::of(&store, &checkpoint(&store, SIZE)))
});

fn verify(files: &Files) -> VerifyReport {
    verify_files(files, &Anchors::default()).unwrap()
}

/// The good export with other entries in its bundles; tiles and checkpoint stay.
fn with_entries(entries: &[Vec<u8>]) -> Files {
    let mut files = GOOD.1.clone();
    let mut rest = entries;
    let bundles: Vec<TilePath> = TilePath::all(SIZE).into_iter().filter(|p| p.level.is_none()).collect();
    for (i, path) in bundles.iter().enumerate() {
        let take = if i + 1 == bundles.len() { rest.len() } else { rest.len().min(path.width as usize) };
        let (these, after) = rest.split_at(take);
        files.0.insert(path.to_string(), encode_bundle(these.iter().map(Vec::as_slice)).unwrap());
        rest = after;
    }
    files
}

fn names_entry(report: &VerifyReport, seq: u64) -> bool {
    report.problems.iter().any(|p| p.seq == Some(seq))
}

/// The entry that byte `at` of a bundle belongs to.
fn entry_at(path: &TilePath, bytes: &[u8], at: usize) -> u64 {
    let (entries, _) = decode_bundle(bytes, path.width);
    let mut end = 0;
    let inside = entries.iter().position(|e| {
        end += 2 + e.len();
        at < end
    });
    path.first() + inside.unwrap() as u64
}

#[test]
fn the_untouched_export_holds() {
    let report = verify(&GOOD.1);
    assert_eq!(report.problems, Vec::<Problem>::new());
    assert_eq!((report.entries, report.signatures, report.trust), (SIZE, 29, Trust::SelfConsistent));
}

#[test]
fn a_missing_or_foreign_file_is_named() {
    for name in GOOD.1.0.keys() {
        let mut files = GOOD.1.clone();
        files.0.remove(name);
        let report = verify(&files);
        let named = report.problems.iter().any(|p| p.code == "L040" && p.path.as_ref() == Some(name));
        assert!(named, "{name}: {:#?}", report.problems);
    }
    for name in ["README", "tile/0/002", "tile/entries/001", "tile/entries/000.p/7", "tile/2/000.p/1"] {
        let mut files = GOOD.1.clone();
        files.0.insert(name.to_owned(), b"x".to_vec());
        let report = verify(&files);
        let named = report.problems.iter().any(|p| p.code == "L042" && p.path.as_deref() == Some(name));
        assert!(named, "{name}: {:#?}", report.problems);
    }
    assert!(!verify(&Files::default()).ok(), "an empty folder is no ledger");
}

#[test]
fn a_changed_entry_with_tiles_made_anew_does_not_fit_the_checkpoint() {
    let mut entries = GOOD.0.clone();
    let mut entry = Entry::decode(&entries[7]).unwrap();
    entry.body.insert("text".into(), "something else".into());
    entries[7] = entry.encode().unwrap();
    let forged = MemoryStore::from_entries(entries).unwrap();
    let mut files = Files::of(&forged, &checkpoint(&forged, SIZE));
    files.0.insert("checkpoint".into(), GOOD.1.0["checkpoint"].clone());
    let codes: Vec<&str> = verify(&files).problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["L023"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_changed_byte_of_any_file_is_found_and_named(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), xor in 1u8..) {
        let name = file.get(&GOOD.1.0.keys().collect::<Vec<_>>()).to_string();
        let mut files = GOOD.1.clone();
        let bytes = files.0.get_mut(&name).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        let report = verify(&files);
        prop_assert!(!report.ok(), "{name} byte {at}");
        let path = TilePath::all(SIZE).into_iter().find(|p| p.to_string() == name);
        let named = match path {
            Some(path) if path.level.is_none() => names_entry(&report, entry_at(&path, &GOOD.1.0[&name], at)),
            Some(path) if path.level == Some(0) => names_entry(&report, path.first() + at as u64 / 32),
            Some(_) => report.problems.iter().any(|p| p.path.as_ref() == Some(&name)),
            None => report.problems.iter().any(|p| p.message.contains("checkpoint")),
        };
        prop_assert!(named, "{name} byte {at}: {:#?}", report.problems);
    }

    #[test]
    fn a_dropped_entry_is_named(n in 0..SIZE) {
        let mut entries = GOOD.0.clone();
        entries.remove(n as usize);
        let report = verify(&with_entries(&entries));
        prop_assert!(names_entry(&report, n), "{:#?}", report.problems);
    }

    #[test]
    fn an_inserted_entry_is_named(n in 0..SIZE, genuine in any::<bool>()) {
        let mut entries = GOOD.0.clone();
        let forged = note("never happened").at(n, time(n as i64)).encode().unwrap();
        entries.insert(n as usize, if genuine { entries[n as usize].clone() } else { forged });
        let report = verify(&with_entries(&entries));
        // A second last entry lies beyond the end of its bundle, and is named by that place.
        let named = names_entry(&report, n) || (n == SIZE - 1 && names_entry(&report, SIZE));
        prop_assert!(named, "{:#?}", report.problems);
    }

    #[test]
    fn two_swapped_entries_are_named(a in 0..SIZE, b in 0..SIZE) {
        prop_assume!(a != b);
        let mut entries = GOOD.0.clone();
        entries.swap(a as usize, b as usize);
        let report = verify(&with_entries(&entries));
        prop_assert!(names_entry(&report, a) && names_entry(&report, b), "{a} {b}: {:#?}", report.problems);
    }

    #[test]
    fn a_rewritten_entry_is_named(n in 1..SIZE) {
        let mut entry = Entry::decode(&GOOD.0[n as usize]).unwrap();
        entry.actor = "somebody else".into();
        let mut entries = GOOD.0.clone();
        entries[n as usize] = entry.encode().unwrap();
        let report = verify(&with_entries(&entries));
        let of_n: Vec<&Problem> = report.problems.iter().filter(|p| p.seq == Some(n)).collect();
        prop_assert!(of_n.iter().any(|p| p.code == "L006" && p.message.contains("not the one that was appended")), "{of_n:#?}");
    }

    #[test]
    fn any_files_are_a_report(name in "(checkpoint|tile/0/000|tile/0/000.p/3|tile/entries/000.p/3)", noise in prop::collection::vec(any::<u8>(), 0..200), size in any::<u64>()) {
        let mut files = Files::default();
        files.0.insert(name, noise);
        prop_assert!(!verify(&files).ok());
        // A checkpoint that promises any number of entries costs no more than the files that are there.
        files.0.insert("checkpoint".into(), format!("{ORIGIN}\n{size}\n{}=\n\n\u{2014} x AAAAAAA=\n", "A".repeat(43)).into_bytes());
        prop_assert!(!verify(&files).ok());
    }
}

//! One broken export per code of the verifier (`fixtures/formats/ledger/v1/broken`): every later version finds in each
//! what is wrong with it, and nothing else.

use crate::format_v1::{ORIGIN, folder, keys, remade};
use crate::sample::{Files, bytes};
use ledger::merkle::{Tree, leaf_hash};
use ledger::tile::{TilePath, encode_bundle, encode_tile};
use ledger::{Anchors, Checkpoint, Entry, ExportDir, ExportFiles as _, Rotation, verify_files};
use signing::SecretKey;
use vocabulary::{Digest, Instant};

const BUNDLE: &str = "tile/entries/000.p/6";
const TILE: &str = "tile/0/000.p/6";

/// Folder and the codes that the verifier reports for it.
const EXPECTED: &[(&str, &[&str])] = &[
    ("L001_white_space", &["L001"]),
    ("L002_missing_entry", &["L002"]),
    ("L003_entry_twice", &["L003"]),
    ("L004_time_goes_back", &["L004"]),
    ("L005_second_genesis", &["L005"]),
    ("L006_changed_entry", &["L023", "L006"]),
    ("L007_wrong_hash", &["L007"]),
    ("L008_changed_statement", &["L008"]),
    ("L009_pasted_signature", &["L009"]),
    ("L010_statement_of_another_ledger", &["L010"]),
    ("L011_rotation_for_another_place", &["L011"]),
    ("L020_no_checkpoint_in_the_note", &["L020"]),
    ("L021_signed_by_a_stranger", &["L021"]),
    ("L022_last_entry_cut_off", &["L041", "L022"]),
    ("L023_another_root", &["L023"]),
    ("L040_missing_tile", &["L040"]),
    ("L041_cut_bundle", &["L041", "L022"]),
    ("L042_foreign_file", &["L042"]),
    ("L043_empty", &["L043", "L021"]),
];

/// An export of any bytes as entries, with tiles and a checkpoint that fit them.
fn export_of(entries: &[Vec<u8>], key: &SecretKey) -> Files {
    let (mut tree, mut files) = (Tree::new(), Files::default());
    entries.iter().for_each(|bytes| tree.push(leaf_hash(bytes)));
    for path in TilePath::all(entries.len() as u64) {
        let bytes = match path.level {
            None => encode_bundle(entries.iter().map(Vec::as_slice)).unwrap(),
            Some(_) => encode_tile(&entries.iter().map(|e| leaf_hash(e)).collect::<Vec<_>>()),
        };
        files.0.insert(path.to_string(), bytes);
    }
    let checkpoint =
        Checkpoint { origin: ORIGIN.into(), size: tree.size(), root: tree.root(), extensions: Vec::new() };
    files.0.insert("checkpoint".into(), checkpoint.sign(key).unwrap().to_string().into_bytes());
    files
}

/// All broken exports, made anew.
fn broken() -> Vec<(&'static str, Files)> {
    let [(_, first), (_, second), (_, person)] = keys();
    let good = bytes(&remade());
    let sound = export_of(&good, &second);
    let decoded = |n: usize| Entry::decode(&good[n]).unwrap();
    let with_bytes = |n: usize, bytes: Vec<u8>, key: &SecretKey| {
        let mut entries = good.clone();
        entries[n] = bytes;
        export_of(&entries, key)
    };
    let with = |n: usize, change: &dyn Fn(&mut Entry)| {
        let mut entry = decoded(n);
        change(&mut entry);
        with_bytes(n, entry.encode().unwrap(), &second)
    };
    let file = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = sound.clone();
        change(files.0.get_mut(name).unwrap());
        files
    };
    let checkpoint = |root: Digest, key: &SecretKey| {
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 6, root, extensions: Vec::new() };
        let text = checkpoint.sign(key).unwrap().to_string().into_bytes();
        file("checkpoint", &|bytes| bytes.clone_from(&text))
    };
    let mut tree = Tree::new();
    good.iter().for_each(|bytes| tree.push(leaf_hash(bytes)));

    let (mut missing, mut twice) = (good.clone(), good.clone());
    missing.remove(1);
    twice.insert(2, good[1].clone());
    let mut changed = decoded(1);
    changed.actor = "somebody else".into();
    let changed = changed.encode().unwrap();
    let other_ledger = {
        let mut statement = decoded(2).sig.unwrap().statement;
        statement.insert("origin".into(), "example.org/other".into());
        ledger::sign_statement(statement, &person).unwrap()
    };
    let mut elsewhere = decoded(3);
    elsewhere.body =
        Rotation::by_both_keys(ORIGIN, 4, &first, &second, "yearly change").unwrap().draft("x", "x").body;
    let mut foreign = sound.clone();
    foreign.0.insert("README".into(), b"not of this export\n".to_vec());
    let mut no_tile = sound.clone();
    no_tile.0.remove(TILE);

    vec![
        ("L001_white_space", with_bytes(1, [&good[1][..], b" "].concat(), &second)),
        ("L002_missing_entry", export_of(&missing, &second)),
        ("L003_entry_twice", export_of(&twice, &second)),
        ("L004_time_goes_back", with(5, &|e| e.at = Instant::from_millis(e.at.millis() - 1))),
        ("L005_second_genesis", with(5, &|e| e.kind = "ledger/genesis/v1".into())),
        (
            "L006_changed_entry",
            file(BUNDLE, &|bytes| {
                let mut entries = good.clone();
                entries[1].clone_from(&changed);
                *bytes = encode_bundle(entries.iter().map(Vec::as_slice)).unwrap();
            }),
        ),
        ("L007_wrong_hash", file(TILE, &|bytes| bytes[40] ^= 1)),
        (
            "L008_changed_statement",
            with(2, &|e| {
                e.sig.as_mut().unwrap().statement.insert("subject".into(), "AN-2".into());
            }),
        ),
        ("L009_pasted_signature", with(5, &|e| e.sig = decoded(2).sig)),
        ("L010_statement_of_another_ledger", with(2, &|e| e.sig = Some(other_ledger.clone()))),
        ("L011_rotation_for_another_place", with_bytes(3, elsewhere.encode().unwrap(), &first)),
        (
            "L020_no_checkpoint_in_the_note",
            file("checkpoint", &|bytes| {
                let text = String::from_utf8(bytes.clone()).unwrap();
                *bytes = text.replacen("\n6\n", "\nsix\n", 1).into_bytes();
            }),
        ),
        ("L021_signed_by_a_stranger", checkpoint(tree.root(), &person)),
        (
            "L022_last_entry_cut_off",
            file(BUNDLE, &|bytes| {
                *bytes = encode_bundle(good[..5].iter().map(Vec::as_slice)).unwrap();
            }),
        ),
        ("L023_another_root", checkpoint(tree.root_at(5).unwrap(), &second)),
        ("L040_missing_tile", no_tile),
        ("L041_cut_bundle", file(BUNDLE, &|bytes| bytes.truncate(bytes.len() - 1))),
        ("L042_foreign_file", foreign),
        ("L043_empty", export_of(&[], &first)),
    ]
}

#[test]
fn each_broken_export_has_its_codes_and_no_other() {
    for (name, expected) in EXPECTED {
        let dir = folder().join("broken").join(name);
        let report = verify_files(&ExportDir(&dir), &Anchors::default()).unwrap();
        let codes: Vec<&str> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, *expected, "{name}: {:#?}", report.problems);
    }
}

#[test]
fn no_broken_export_is_forgotten_and_all_are_the_frozen_ones() {
    let mut there: Vec<String> = std::fs::read_dir(folder().join("broken"))
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, EXPECTED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, made) in broken() {
        let dir = folder().join("broken").join(name);
        let dir = ExportDir(&dir);
        let frozen = dir.names().unwrap().into_iter().map(|n| (n.clone(), dir.read(&n).unwrap().unwrap()));
        assert_eq!(made, Files(frozen.collect()), "{name}");
    }
}

/// Froze the broken exports once.
#[test]
#[ignore = "writes the fixtures, where there are none"]
fn freeze() {
    let dir = folder().join("broken");
    std::fs::create_dir(&dir).unwrap();
    for (name, files) in broken() {
        for (file, bytes) in files.0 {
            let path = dir.join(name).join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

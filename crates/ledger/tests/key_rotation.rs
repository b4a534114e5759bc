//! A change of the ledger's key: by both keys, by two persons, and every way in which it does not count.

use crate::sample::bytes;
use ledger::conformance::{ORIGIN, genesis, ledger_key, note, time};
use ledger::{
    Anchors, Checkpoint, LedgerStore as _, MemoryStore, PersonalSignature, Rotation, Trust, VerifyReport,
    sign_statement, verify,
};
use serde_json::{Map, json};
use signing::SecretKey;
use signing::note::VerifierKey;

fn new_key() -> SecretKey {
    SecretKey::from_seed([8; 32], "ledger, second")
}

fn verifier(key: &SecretKey) -> VerifierKey {
    VerifierKey::new(ORIGIN, key.public()).unwrap()
}

/// Entry 0, this rotation, one more entry.
fn rotated(rotation: &Rotation) -> MemoryStore {
    let store = MemoryStore::new();
    store.append(&[genesis()], time(0), None).unwrap();
    store.append(&[rotation.draft("qa-lead", "test")], time(1), Some(1)).unwrap();
    store.append(&[note("after")], time(2), None).unwrap();
    store
}

fn check(store: &MemoryStore, signer: &SecretKey, anchors: &Anchors<'_>) -> VerifyReport {
    let size = store.position().unwrap();
    let signed = Checkpoint::of(ORIGIN, store, size).unwrap().sign(signer).unwrap().to_string();
    verify(bytes(store), Some(signed.as_bytes()), anchors)
}

#[test]
fn after_a_rotation_the_new_key_signs_and_both_are_trusted() {
    let rotation = Rotation::by_both_keys(ORIGIN, 1, &ledger_key(), &new_key(), "yearly change").unwrap();
    let store = rotated(&rotation);
    for trusted in [ledger_key(), new_key()] {
        let report =
            check(&store, &new_key(), &Anchors { keys: vec![verifier(&trusted)], ..Anchors::default() });
        assert!(report.ok(), "{:#?}", report.problems);
        assert_eq!(report.trust, Trust::Key);
        assert_eq!(report.keys.iter().map(|k| k.since).collect::<Vec<_>>(), [0, 1]);
    }
    let report = check(&store, &ledger_key(), &Anchors::default());
    assert_eq!(report.problems[0].code, "L021", "the old key signs nothing any more");
    let before = Checkpoint::of(ORIGIN, &store, 1).unwrap().sign(&ledger_key()).unwrap().to_string();
    let anchors = Anchors { checkpoints: vec![before.into_bytes()], ..Anchors::default() };
    assert_eq!(
        check(&store, &new_key(), &anchors).trust,
        Trust::Checkpoint,
        "what it signed before still counts"
    );
}

#[test]
fn a_rotation_counts_only_where_and_as_it_was_signed() {
    let (old, new) = (ledger_key(), new_key());
    let stranger = SecretKey::from_seed([66; 32], "");
    let both = |position, old: &SecretKey, new: &SecretKey| {
        Rotation::by_both_keys(ORIGIN, position, old, new, "reason").unwrap()
    };
    let alone = Rotation::by_new_key(&verifier(&old), 1, &new, "reason", Vec::new()).unwrap();
    let mut renamed = both(1, &old, &new);
    renamed.note = both(1, &old, &stranger).note;
    let cases = [
        ("another place", both(2, &old, &new), true),
        ("another old key", both(1, &stranger, &new), true),
        ("the same key", both(1, &old, &old), true),
        ("the new key alone", alone, true),
        ("whoever signed is whom the note names", renamed, false),
    ];
    for (what, rotation, wrong) in cases {
        let store = rotated(&rotation);
        let report = verify(bytes(&store), None, &Anchors::default());
        assert_eq!(report.problems.iter().any(|p| p.code == "L011"), wrong, "{what}: {:#?}", report.problems);
    }
}

/// A person who vouches for the rotation with this digest.
fn vouch(person: u8, digest: &str) -> PersonalSignature {
    let mut statement = Map::new();
    statement.insert("digest".into(), json!(digest));
    statement.insert("origin".into(), json!(ORIGIN));
    statement.insert("person".into(), json!(format!("person-{person}")));
    sign_statement(statement, &SecretKey::from_seed([person; 32], "")).unwrap()
}

#[test]
fn where_the_old_key_is_lost_two_accepted_persons_vouch() {
    let old = verifier(&ledger_key());
    let rotation = |persons| Rotation::by_new_key(&old, 1, &new_key(), "the key was lost", persons).unwrap();
    let digest = rotation(Vec::new()).digest().to_string();
    let two = rotation(vec![vouch(20, &digest), vouch(21, &digest)]);
    let accept = |_: &Rotation| Ok(());
    let refuse = |_: &Rotation| Err("person-20 has left".to_owned());
    let with = |persons| Anchors { persons, ..Anchors::default() };

    let report = check(&rotated(&two), &new_key(), &with(Some(&accept)));
    assert!(report.ok(), "{:#?}", report.problems);
    for (what, rotation, anchors) in [
        ("nobody was asked", &two, with(None)),
        ("not accepted", &two, with(Some(&refuse))),
        ("one person", &rotation(vec![vouch(20, &digest)]), with(Some(&accept))),
        ("one person twice", &rotation(vec![vouch(20, &digest), vouch(20, &digest)]), with(Some(&accept))),
        ("another digest", &rotation(vec![vouch(20, &digest), vouch(21, "00")]), with(Some(&accept))),
    ] {
        let report = check(&rotated(rotation), &ledger_key(), &anchors);
        let codes: Vec<&str> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, ["L011"], "{what}: {:#?}", report.problems);
    }
}

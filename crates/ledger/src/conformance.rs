//! The suite that every `LedgerStore` passes: each store's tests call `run`. It panics where a store does not do what
//! the trait promises.

use crate::{
    AppendError, Appended, Clock, Draft, ENTRY_BYTES_MAX, Entry, Genesis, LedgerStore, StoreError, merkle,
    sign_statement,
};
use serde_json::{Map, Value, json};
use signing::SecretKey;
use signing::note::VerifierKey;
use std::sync::Arc;
use vocabulary::Instant;

/// The origin of the suite's ledgers.
pub const ORIGIN: &str = "example.org/conformance";

/// The key of the suite's ledgers.
pub fn ledger_key() -> SecretKey {
    SecretKey::from_seed([7; 32], "ledger")
}

/// The draft of entry 0 of the suite's ledgers.
pub fn genesis() -> Draft {
    let key = VerifierKey::new(ORIGIN, ledger_key().public()).expect("the origin names a key");
    let clock = Clock::Simulated;
    Genesis { origin: ORIGIN.into(), product: "conformance".into(), key, clock }
        .draft("qa-lead", "conformance")
}

/// A draft that says `text`.
pub fn note(text: &str) -> Draft {
    let mut body = Map::new();
    body.insert("text".into(), Value::from(text));
    let (actor, via, kind) = ("qa-lead".into(), "conformance".into(), "note/write/v1".into());
    Draft { actor, via, kind, body, sig: None }
}

/// A draft with a personal signature over a statement with this subject.
pub fn signed_note(subject: &str) -> Draft {
    let key = SecretKey::from_seed([9; 32], "qa-lead");
    let Value::Object(statement) = json!({"format": "test", "origin": ORIGIN, "subject": subject}) else {
        unreachable!("an object was written")
    };
    Draft { sig: Some(sign_statement(statement, &key).expect("a key at hand signs")), ..note(subject) }
}

/// The time `s` seconds after the suite's beginning.
pub fn time(s: i64) -> Instant {
    Instant::from_millis(1_767_225_600_000 + s * 1_000)
}

/// Runs the whole suite; `open` gives a new, empty store each time.
pub fn run<S: LedgerStore + 'static>(open: &dyn Fn() -> S) {
    begins_with_a_genesis(&open());
    appends_all_or_nothing(&open());
    refuses_a_stale_decision(&open());
    keeps_time(&open());
    keeps_the_size_limit(&open());
    takes_a_signature_once(&open());
    reads_exactly_what_was_asked_for(&open());
    gives_the_hashes_of_its_entries(&open());
    serialises_writers(Arc::new(open()));
}

/// All entries of a store, decoded.
pub fn entries(store: &dyn LedgerStore) -> Vec<Entry> {
    let position = store.position().expect("a position");
    let mut entries = Vec::new();
    let mut decode = |seq, bytes: &[u8]| {
        let entry = Entry::decode(bytes).expect("a store gives entries");
        assert_eq!(entry.seq, seq, "an entry stands at its place");
        entries.push(entry);
    };
    store.read(0..position, &mut decode).expect("all entries can be read");
    entries
}

fn begins_with_a_genesis(store: &dyn LedgerStore) {
    assert_eq!(store.position().expect("a position"), 0);
    let refused = store.append(&[note("too early")], time(0), None);
    assert!(matches!(refused, Err(AppendError::Genesis { index: 0, .. })), "{refused:?}");
    let refused = store.append(&[], time(0), None);
    assert!(matches!(refused, Err(AppendError::Empty)), "{refused:?}");
    let appended = store.append(&[genesis(), note("first")], time(0), Some(0)).expect("a genesis is taken");
    assert_eq!(appended, Appended { first: 0, position: 2, at: time(0) });
    let refused = store.append(&[note("second"), genesis()], time(0), None);
    assert!(matches!(refused, Err(AppendError::Genesis { index: 1, .. })), "{refused:?}");
    assert_eq!(entries(store), [genesis().at(0, time(0)), note("first").at(1, time(0))]);
}

fn appends_all_or_nothing(store: &dyn LedgerStore) {
    store.append(&[genesis()], time(0), None).expect("a genesis is taken");
    let mut nameless = note("nameless");
    nameless.kind = "no kind".into();
    let refused = store.append(&[note("good"), nameless], time(1), None);
    assert!(matches!(refused, Err(AppendError::Invalid { index: 1, .. })), "{refused:?}");
    let refused = store.append(&[note("same"), note("other"), note("same")], time(1), None);
    assert!(matches!(refused, Err(AppendError::Duplicate { first: 0, second: 2 })), "{refused:?}");
    assert_eq!(store.position().expect("a position"), 1, "nothing of a refused append is written");
    let many: Vec<Draft> = (0..600).map(|n| note(&n.to_string())).collect();
    let appended = store.append(&many, time(1), None).expect("many drafts are one append");
    assert_eq!(appended, Appended { first: 1, position: 601, at: time(1) });
    assert_eq!(entries(store).len(), 601);
}

fn refuses_a_stale_decision(store: &dyn LedgerStore) {
    store.append(&[genesis(), note("a")], time(0), None).expect("a genesis is taken");
    for decided_on in [0, 1, 3, u64::MAX] {
        match store.append(&[note("b")], time(0), Some(decided_on)) {
            Err(AppendError::Conflict { decided_on: d, position: 2 }) if d == decided_on => {}
            other => panic!("decided on {decided_on}: {other:?}"),
        }
    }
    store.append(&[note("b")], time(0), Some(2)).expect("a decision on the newest position is taken");
}

fn keeps_time(store: &dyn LedgerStore) {
    store.append(&[genesis()], time(100), None).expect("a genesis is taken");
    let at = |now| store.append(&[note("n")], now, None).map(|a| a.at);
    assert_eq!(at(time(95)).expect("five seconds back are clamped"), time(100));
    let earlier = Instant::from_millis(time(95).millis() - 1);
    match at(earlier) {
        Err(AppendError::ClockBack { now, last }) => assert_eq!((now, last), (earlier, time(100))),
        other => panic!("more than five seconds back: {other:?}"),
    }
    assert_eq!(at(time(101)).expect("later is fine"), time(101));
    assert_eq!(store.position().expect("a position"), 3);
}

fn keeps_the_size_limit(store: &dyn LedgerStore) {
    store.append(&[genesis()], time(0), None).expect("a genesis is taken");
    let empty = note("").at(1, time(0)).encode().expect("an entry").len();
    let of_size = |bytes: usize| note(&"x".repeat(bytes - empty));
    for bytes in [ENTRY_BYTES_MAX + 1, ENTRY_BYTES_MAX * 3] {
        let refused = store.append(&[note("small"), of_size(bytes)], time(0), None);
        assert!(matches!(refused, Err(AppendError::Invalid { index: 1, .. })), "{bytes} bytes: {refused:?}");
    }
    assert_eq!(store.position().expect("a position"), 1);
    for bytes in [ENTRY_BYTES_MAX, ENTRY_BYTES_MAX - 1] {
        store.append(&[of_size(bytes)], time(0), None).expect("up to the limit it fits");
    }
    let mut sizes = Vec::new();
    store.read(1..3, &mut |_, bytes| sizes.push(bytes.len())).expect("large entries can be read");
    assert_eq!(sizes, [ENTRY_BYTES_MAX, ENTRY_BYTES_MAX - 1]);
}

fn takes_a_signature_once(store: &dyn LedgerStore) {
    store.append(&[genesis(), signed_note("AN-1")], time(0), None).expect("a signed entry is taken");
    let pasted = Draft { sig: signed_note("AN-1").sig, ..note("another act") };
    let refused = store.append(&[note("x"), pasted.clone()], time(1), None);
    assert!(matches!(refused, Err(AppendError::Replayed { index: 1, seq: 1 })), "{refused:?}");
    let two = [signed_note("AN-2"), Draft { sig: signed_note("AN-2").sig, ..note("another act") }];
    let refused = store.append(&two, time(1), None);
    assert!(matches!(refused, Err(AppendError::Duplicate { first: 0, second: 1 })), "{refused:?}");
    store.append(&[signed_note("AN-2")], time(1), None).expect("another signature is taken");
    assert_eq!(store.position().expect("a position"), 3);
}

fn reads_exactly_what_was_asked_for(store: &dyn LedgerStore) {
    let drafts: Vec<Draft> =
        std::iter::once(genesis()).chain((1..10).map(|n| note(&n.to_string()))).collect();
    store.append(&drafts, time(0), None).expect("a genesis is taken");
    for range in [0..0, 0..10, 3..7, 9..10, 10..10] {
        let mut seen = Vec::new();
        store.read(range.clone(), &mut |seq, _| seen.push(seq)).expect("a range of what is there");
        assert_eq!(seen, range.collect::<Vec<_>>());
    }
    #[expect(clippy::reversed_empty_ranges, reason = "a range that runs backwards is what must be refused")]
    for range in [0..11, 10..11, 20..30, 7..3, 0..u64::MAX] {
        let mut seen = 0;
        let refused = store.read(range.clone(), &mut |_, _| seen += 1);
        assert!(
            matches!(refused, Err(StoreError::OutOfRange { position: 10, .. })),
            "{range:?}: {refused:?}"
        );
        assert_eq!(seen, 0, "a refused range gives nothing");
    }
}

fn gives_the_hashes_of_its_entries(store: &dyn LedgerStore) {
    let mut tree = merkle::Tree::new();
    store.append(&[genesis()], time(0), None).expect("a genesis is taken");
    for n in 1..70 {
        store.append(&[note(&n.to_string())], time(0), None).expect("a note is taken");
    }
    let mut push = |_, bytes: &[u8]| tree.push(merkle::leaf_hash(bytes));
    store.read(0..70, &mut push).expect("all entries can be read");
    for level in 0..8u8 {
        for index in 0..(70u64 >> level) {
            let expected = tree.subtree(level, index);
            assert_eq!(store.subtree(level, index).ok(), expected, "level {level}, index {index}");
        }
        let beyond = store.subtree(level, 70 >> level);
        assert!(matches!(beyond, Err(StoreError::OutOfRange { .. })), "level {level}: {beyond:?}");
    }
    for (start, end) in [(0, 70), (0, 0), (1, 2), (7, 65), (69, 70)] {
        let mut expected = Vec::new();
        for leaf in start..end {
            let completed = 0..=u8::try_from(u64::trailing_ones(leaf)).expect("a height");
            expected.extend(completed.map(|level| tree.subtree(level, leaf >> level)));
        }
        assert_eq!(store.hashes(start..end).ok(), Some(expected), "entries {start} to {end}");
    }
    for (level, index) in [(0, u64::MAX), (63, 1), (64, 0), (255, u64::MAX)] {
        assert!(store.subtree(level, index).is_err(), "level {level}, index {index}");
    }
    for size in 0..=70 {
        let root = merkle::root(size, |l, i| store.subtree(l, i)).expect("hashes of what is there");
        assert_eq!(Ok(root), tree.root_at(size), "size {size}");
    }
}

fn serialises_writers<S: LedgerStore + 'static>(store: Arc<S>) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    store.append(&[genesis()], time(0), None).expect("a genesis is taken");
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let append = |n| store.append(&[note(&format!("{writer}/{n}"))], time(1), None);
                (0..EACH).map(|n| append(n).expect("an append waits its turn").first).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut given: Vec<u64> = Vec::new();
    for writer in writers {
        let seqs = writer.join().expect("a writer ends");
        assert!(seqs.is_sorted(), "each writer's entries stand in its order");
        given.extend(seqs);
    }
    given.sort_unstable();
    assert_eq!(given, (1..=(WRITERS * EACH) as u64).collect::<Vec<_>>(), "each place is given once");
    assert_eq!(entries(&*store).len(), 1 + WRITERS * EACH);
}

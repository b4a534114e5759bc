//! The cache against ledgers that were changed, snapshots that were changed or made by somebody else, and positions.

use super::*;
use ledger::{Draft, LedgerStore, MemoryStore};
use proptest::prelude::*;
use serde_json::json;
use vocabulary::Instant;

/// A ledger in memory with these titles of anomalies.
pub(crate) fn ledger_of(titles: &[String]) -> SharedLedger {
    let store = MemoryStore::default();
    append(&store, "example.org/x", titles, 0);
    SharedLedger::of_store(Box::new(store))
}

pub(crate) fn append(store: &dyn LedgerStore, origin: &str, titles: &[String], from: usize) {
    let at = |n: usize| Instant::from_millis(1_770_000_000_000 + n as i64);
    if from == 0 {
        let key = signing::SecretKey::from_seed([7; 32], "test");
        let genesis = ledger::Genesis {
            origin: origin.into(),
            product: "x".into(),
            key: signing::note::VerifierKey::new(origin, key.public()).unwrap(),
            clock: ledger::Clock::System,
        };
        store.append(&[genesis.draft("init", "test")], at(0), None).unwrap();
    }
    for (n, title) in titles.iter().enumerate() {
        let body = json!({"anomaly": format!("AN-{}", from + n), "title": title, "description": "d", "found": "f",
            "reproduction": "r", "version": "1.0.0", "severity": "minor"});
        let draft = Draft {
            actor: "developer".into(),
            via: "test".into(),
            kind: "anomaly/report/v2".into(),
            body: body.as_object().unwrap().clone(),
            sig: None,
        };
        store.append(&[draft], at(from + n + 1), None).unwrap();
    }
}

pub(crate) fn titles(n: usize) -> Vec<String> {
    (0..n).map(|n| format!("title {n}")).collect()
}

fn cache(folder: &Path, secret: u8) -> Cache {
    Cache { file: folder.join("cache/state.snapshot"), secret: [secret; 32], least: 1 }
}

fn asked(cache: &Cache, ledger: &SharedLedger) -> State {
    let position = ledger.position().unwrap();
    cache.state(ledger, position, true).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// With and without the cache the state is the same, at the beginning, again, after more entries, and at each past
    /// position.
    #[test]
    fn cached_and_folded_states_are_the_same(first in 70..130_usize, more in 0..200_usize, past in 0..120_u64) {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 1);
        let ledger = ledger_of(&titles(first));
        prop_assert_eq!(&asked(&cache, &ledger), &ledger.state(None).unwrap());
        prop_assert!(cache.file.is_file());
        prop_assert_eq!(&asked(&cache, &ledger), &ledger.state(None).unwrap());
        append(ledger.store(), "example.org/x", &titles(more), first);
        prop_assert_eq!(&asked(&cache, &ledger), &ledger.state(None).unwrap());
        prop_assert_eq!(&asked(&cache, &ledger), &ledger.state(None).unwrap());
        let past = past.min(ledger.position().unwrap());
        prop_assert_eq!(&cache.state(&ledger, past, false).unwrap(), &ledger.state(Some(past)).unwrap());
    }

    /// A byte of the snapshot that is another one is never believed.
    #[test]
    fn a_changed_snapshot_is_thrown_away(at in any::<proptest::sample::Index>(), flip in 1..=255_u8) {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 1);
        let ledger = ledger_of(&titles(80));
        let state = asked(&cache, &ledger);
        let mut bytes = std::fs::read(&cache.file).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        std::fs::write(&cache.file, &bytes).unwrap();
        prop_assert!(cache.read(&ledger, 81).unwrap().is_none(), "byte {} was believed", at);
        prop_assert_eq!(asked(&cache, &ledger), state);
        prop_assert!(cache.read(&ledger, 81).unwrap().is_some(), "it is written anew");
    }
}

#[test]
fn a_snapshot_is_used_and_a_shortened_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), 1);
    let ledger = ledger_of(&titles(80));
    let state = asked(&cache, &ledger);
    assert_eq!(cache.read(&ledger, 81).unwrap().as_ref(), Some(&state));
    assert!(cache.read(&ledger, 80).unwrap().is_none(), "it lies beyond what is asked for");
    let bytes = std::fs::read(&cache.file).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        std::fs::write(&cache.file, &bytes[..length]).unwrap();
        assert!(cache.read(&ledger, 81).unwrap().is_none(), "{length} bytes");
    }
    std::fs::write(&cache.file, [bytes.as_slice(), b"x"].concat()).unwrap();
    assert!(cache.read(&ledger, 81).unwrap().is_none());
}

/// A ledger whose bytes were changed below hashes that were not.
struct Changed {
    hashes: MemoryStore,
    bytes: MemoryStore,
}

impl LedgerStore for Changed {
    fn position(&self) -> std::result::Result<u64, ledger::StoreError> {
        self.bytes.position()
    }

    fn read(
        &self,
        range: std::ops::Range<u64>,
        each: &mut dyn FnMut(u64, &[u8]),
    ) -> std::result::Result<(), ledger::StoreError> {
        self.bytes.read(range, each)
    }

    fn subtree(&self, level: u8, index: u64) -> std::result::Result<Digest, ledger::StoreError> {
        self.hashes.subtree(level, index)
    }

    fn append(
        &self,
        drafts: &[Draft],
        now: Instant,
        decided_on: Option<u64>,
    ) -> std::result::Result<ledger::Appended, ledger::AppendError> {
        self.bytes.append(drafts, now, decided_on)
    }
}

/// Bytes that were changed below unchanged hashes: the list shows what was checked when the snapshot was written, and a fold, which
/// is what every verdict stands on, sees them. Such a ledger is never made a snapshot of.
#[test]
fn bytes_changed_below_their_hashes_do_not_reach_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), 1);
    let honest = asked(&cache, &ledger_of(&titles(80)));
    let mut other = titles(80);
    other[41] = "another title".into();
    let store = |titles: &[String]| {
        let store = MemoryStore::default();
        append(&store, "example.org/x", titles, 0);
        store
    };
    let changed =
        SharedLedger::of_store(Box::new(Changed { hashes: store(&titles(80)), bytes: store(&other) }));
    assert_eq!(asked(&cache, &changed), honest);
    assert_eq!(changed.state(None).unwrap().anomalies["AN-41"].report.body.title, "another title");
    let anew = super::tests::cache(folder.path().join("anew").as_path(), 1);
    assert_eq!(asked(&anew, &changed).anomalies["AN-41"].report.body.title, "another title");
    assert!(!anew.file.exists(), "its bytes are not those of its hashes");
}

/// Another history, with the hashes that belong to it: the snapshot is of no use for it, although it is as it was.
#[test]
fn a_changed_ledger_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), 1);
    let honest = ledger_of(&titles(80));
    asked(&cache, &honest);
    for n in [0, 41, 79] {
        let mut other = titles(80);
        other[n] = "another title".into();
        let changed = ledger_of(&other);
        let state = asked(&cache, &changed);
        assert_eq!(state.anomalies[&format!("AN-{n}")].report.body.title, "another title");
        assert_eq!(state, changed.state(None).unwrap());
        // The snapshot is of the changed ledger now, and of no use for the honest one.
        assert_eq!(asked(&cache, &honest), honest.state(None).unwrap());
    }
}

/// Who can write to the product's folder can put a snapshot there, of a state that the ledger never had. It is not believed.
#[test]
fn a_snapshot_made_by_somebody_else_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let ours = cache(folder.path(), 1);
    let theirs = cache(folder.path(), 2);
    let ledger = ledger_of(&titles(80));
    let mut forged = ledger.state(None).unwrap();
    forged.anomalies.retain(|id, _| id != "AN-7");
    theirs.write(&ledger, &forged).unwrap();
    assert!(theirs.read(&ledger, 81).unwrap().is_some(), "it is whole");
    assert!(ours.read(&ledger, 81).unwrap().is_none(), "and not ours");
    assert!(asked(&ours, &ledger).anomalies.contains_key("AN-7"));
}

//! What every blob store has to do, as checks to be called from the tests of each. A check panics where the store
//! fails it; it needs an empty store.

use crate::blob_store::{BlobStore, Protection, Put, StoreError, read_blob};
use std::io::Read;
use vocabulary::{Date, Digest};

/// One check of a store.
pub type Check<'a> = dyn Fn(&dyn BlobStore) + 'a;

/// Runs every check. `with_store` makes a fresh, empty store and calls the check with it.
pub fn run(with_store: &dyn Fn(&Check<'_>)) {
    for check in [
        put_and_read,
        refuses_other_content,
        ranges,
        lists,
        removes_only_unprotected,
        holds,
        documents,
        two_writers,
    ] {
        with_store(&check);
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn put(store: &dyn BlobStore, bytes: &[u8]) -> Digest {
    let digest = Digest::of(bytes);
    store.put(digest, &mut &*bytes).expect("put");
    digest
}

fn put_and_read(store: &dyn BlobStore) {
    for bytes in [&b""[..], b"a", &[7; 100_000]] {
        let digest = Digest::of(bytes);
        assert_eq!(store.size(digest).unwrap(), None);
        assert!(matches!(store.open(digest), Err(StoreError::Absent(d)) if d == digest));
        assert_eq!(store.put(digest, &mut &*bytes).unwrap(), Put::New);
        assert_eq!(store.put(digest, &mut &*bytes).unwrap(), Put::Existing, "put is idempotent");
        store.sync().unwrap();
        assert_eq!(store.size(digest).unwrap(), Some(bytes.len() as u64));
        assert_eq!(read_blob(store, digest, 100_000).unwrap(), bytes);
    }
    assert!(read_blob(store, Digest::of(b"a"), 0).is_err(), "a blob above the limit is refused");
}

fn refuses_other_content(store: &dyn BlobStore) {
    let digest = Digest::of(b"right");
    assert!(matches!(store.put(digest, &mut &b"wrong"[..]), Err(StoreError::Content { .. })));
    assert_eq!(store.size(digest).unwrap(), None, "a refused blob leaves nothing behind");
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the source broke"))
        }
    }
    assert!(store.put(digest, &mut Broken).is_err());
    assert!(store.list().unwrap().is_empty());
    assert!(store.strays().unwrap().is_empty(), "a failed put leaves no stray file");
}

fn ranges(store: &dyn BlobStore) {
    let digest = put(store, b"0123456789");
    assert_eq!(store.read_range(digest, 3, 4).unwrap(), b"3456");
    assert_eq!(store.read_range(digest, 10, 0).unwrap(), b"");
    for (offset, length) in [(8, 3), (11, 0), (u64::MAX, 1), (0, 11)] {
        assert!(
            store.read_range(digest, offset, length).is_err(),
            "{length} bytes at {offset} are not there"
        );
    }
    assert!(matches!(store.read_range(Digest::of(b"x"), 0, 1), Err(StoreError::Absent(_))));
}

fn lists(store: &dyn BlobStore) {
    let mut all: Vec<Digest> = (0..20u8).map(|i| put(store, &[i])).collect();
    all.sort();
    assert_eq!(store.list().unwrap(), all);
    assert!(store.strays().unwrap().is_empty());
}

fn removes_only_unprotected(store: &dyn BlobStore) {
    let digest = put(store, b"kept for ten years");
    let until = |d: &str| Protection { until: Some(day(d)), hold: false };
    assert_eq!(store.protection(digest).unwrap(), Protection::default());
    store.protect(&[digest], until("2036-03-14")).unwrap();
    store.protect(&[digest], until("2030-01-01")).unwrap();
    assert_eq!(store.protection(digest).unwrap(), until("2036-03-14"), "a protection never gets shorter");
    assert!(matches!(store.remove(digest, day("2036-03-13")), Err(StoreError::Protected { .. })));
    assert!(store.size(digest).unwrap().is_some(), "a refused removal removes nothing");
    store.remove(digest, day("2036-03-14")).unwrap();
    assert_eq!(store.size(digest).unwrap(), None);
    assert!(matches!(store.remove(digest, day("2036-03-14")), Err(StoreError::Absent(_))));
    put(store, b"kept for ten years");
    assert_eq!(
        store.protection(digest).unwrap(),
        Protection::default(),
        "a removed blob's protection is gone"
    );
    let there = put(store, b"there");
    assert!(store.protect(&[there, Digest::of(b"absent")], until("2036-03-14")).is_err());
    assert_eq!(store.protection(there).unwrap(), Protection::default(), "all or nothing");
}

fn holds(store: &dyn BlobStore) {
    let digest = put(store, b"held");
    store.protect(&[digest], Protection { until: Some(day("2030-01-01")), hold: true }).unwrap();
    assert!(matches!(store.remove(digest, day("2099-01-01")), Err(StoreError::Protected { .. })));
    store.set_hold(&[digest], false).unwrap();
    assert!(store.remove(digest, day("2029-12-31")).is_err(), "lifting a hold leaves the date");
    store.remove(digest, day("2030-01-01")).unwrap();
    assert!(store.set_hold(&[digest], true).is_err(), "an absent blob cannot be held");
}

fn documents(store: &dyn BlobStore) {
    assert_eq!(store.document("index.json").unwrap(), None);
    store.replace_document("index.json", b"one").unwrap();
    store.replace_document("index.json", b"two").unwrap();
    store.replace_document("oci-layout", b"").unwrap();
    assert_eq!(store.document("index.json").unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(store.documents().unwrap(), ["index.json", "oci-layout"]);
    assert!(store.strays().unwrap().is_empty());
    for bad in ["", ".", "..", "a/b", "/etc/passwd", ".lock", "a\0b", "..\\x"] {
        assert!(matches!(store.document(bad), Err(StoreError::DocumentName(_))), "{bad:?}");
        assert!(matches!(store.replace_document(bad, b""), Err(StoreError::DocumentName(_))), "{bad:?}");
    }
}

fn two_writers(store: &dyn BlobStore) {
    let blobs: Vec<Vec<u8>> = (0..8u8).map(|i| vec![i; 50_000]).collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for b in &blobs {
                    put(store, b);
                }
            });
        }
    });
    assert_eq!(store.list().unwrap().len(), blobs.len());
    for b in &blobs {
        assert_eq!(&read_blob(store, Digest::of(b), 50_000).unwrap(), b);
    }
}

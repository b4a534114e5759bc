//! A seal that stops at any write leaves the whole release or nothing, and the stage to seal again.

use crate::fixture::{self, ledger, source_tree};
use archive::verify::Known;
use archive::{
    Archive, ArchiveError, BlobStore, DiskBlobs, Protection, Put, SealError, StoreError, verify_archive,
};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use vocabulary::{Date, Digest};

/// A store on disk in which every write after the first `left` fails: as if the process had died there, or the disk
/// were full from there on.
struct Failing {
    inner: DiskBlobs,
    left: Arc<AtomicUsize>,
    kind: io::ErrorKind,
}

impl Failing {
    fn write<T>(&self, act: impl FnOnce(&DiskBlobs) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match before {
            Ok(_) => act(&self.inner),
            Err(_) if self.kind == io::ErrorKind::StorageFull => {
                Err(StoreError::Full { doing: "write a blob".to_owned(), source: self.kind.into() })
            }
            Err(_) => Err(StoreError::Io { doing: "write".to_owned(), source: self.kind.into() }),
        }
    }
}

impl BlobStore for Failing {
    fn put(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        self.write(|s| s.put(digest, content))
    }
    fn adopt(&self, digest: Digest, staged: &Path) -> Result<Put, StoreError> {
        self.write(|s| s.adopt(digest, staged))
    }
    fn sync(&self) -> Result<(), StoreError> {
        self.write(|s| s.sync())
    }
    fn open(&self, digest: Digest) -> Result<Box<dyn Read + Send>, StoreError> {
        self.inner.open(digest)
    }
    fn read_range(&self, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        self.inner.read_range(digest, offset, length)
    }
    fn size(&self, digest: Digest) -> Result<Option<u64>, StoreError> {
        self.inner.size(digest)
    }
    fn list(&self) -> Result<Vec<Digest>, StoreError> {
        self.inner.list()
    }
    fn strays(&self) -> Result<Vec<String>, StoreError> {
        self.inner.strays()
    }
    fn protect(&self, blobs: &[Digest], protection: Protection) -> Result<(), StoreError> {
        self.write(|s| s.protect(blobs, protection))
    }
    fn set_hold(&self, blobs: &[Digest], hold: bool) -> Result<(), StoreError> {
        self.write(|s| s.set_hold(blobs, hold))
    }
    fn protection(&self, digest: Digest) -> Result<Protection, StoreError> {
        self.inner.protection(digest)
    }
    fn repair(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        self.write(|s| s.repair(digest, content))
    }
    fn remove(&self, digest: Digest, today: Date) -> Result<(), StoreError> {
        self.write(|s| s.remove(digest, today))
    }
    fn documents(&self) -> Result<Vec<String>, StoreError> {
        self.inner.documents()
    }
    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.document(name)
    }
    fn replace_document(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(|s| s.replace_document(name, bytes))
    }
}

fn failing(
    root: &Path,
    writes: usize,
    kind: io::ErrorKind,
) -> Result<(Archive, Arc<AtomicUsize>), ArchiveError> {
    let inner = DiskBlobs::open(root)?;
    let staging = inner.staging_dir();
    let left = Arc::new(AtomicUsize::new(writes));
    let store = Failing { inner, left: Arc::clone(&left), kind };
    Ok((Archive::with_store(Box::new(store), staging)?, left))
}

#[test]
fn stopped_at_any_write_there_is_the_whole_release_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (root, tree) = (dir.path().join("archive"), dir.path().join("tree"));
    source_tree(&tree, 2);
    let (first, second) = (ledger(3), ledger(5));
    fixture::seal(&Archive::open(&root).unwrap(), "2.4.0", &tree, &first).unwrap();
    source_tree(&tree, 3);
    fixture::stage(&Archive::open(&root).unwrap(), "2.5.0", &tree, &second);
    let mut outcomes = (0, 0);
    for writes in 0..100 {
        let (archive, left) = failing(&root, writes, io::ErrorKind::Interrupted).unwrap();
        let result = fixture::seal_staged(&archive, "2.5.0", &second);
        drop(archive);
        // The next start.
        let archive = Archive::open(&root).unwrap();
        let report = verify_archive(archive.store(), &Known::default());
        assert_eq!(report.problems, [], "after {writes} writes");
        if report.releases == ["2.4.0"] {
            outcomes.0 += 1;
            assert!(result.is_err());
            let stage = archive.stage("2.5.0").expect("the stage is still there");
            assert_eq!(archive.check_stage(&stage), [], "after {writes} writes");
        } else {
            outcomes.1 += 1;
            assert_eq!(report.releases, ["2.4.0", "2.5.0"]);
            assert!(archive.stages().unwrap().is_empty(), "after {writes} writes");
            if result.is_ok() {
                assert!(left.load(Ordering::SeqCst) == 0 || writes > 10);
                assert!(outcomes.0 > 5, "{outcomes:?}");
                return;
            }
            // Sealed, but not acknowledged: put the archive back for the next round.
            let retention = archive.retention().unwrap();
            assert!(retention.contains_key("2.5.0"));
            archive.dispose("2.5.0", "2099-01-01".parse().unwrap()).unwrap();
            fixture::stage(&archive, "2.5.0", &tree, &second);
        }
    }
    panic!("the seal never came to its end: {outcomes:?}");
}

#[test]
fn a_full_disk_while_sealing_says_so_and_leaves_the_archive_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (root, tree) = (dir.path().join("archive"), dir.path().join("tree"));
    source_tree(&tree, 2);
    let ledger = ledger(3);
    fixture::stage(&Archive::open(&root).unwrap(), "2.4.0", &tree, &ledger);
    let (archive, left) = failing(&root, 3, io::ErrorKind::StorageFull).unwrap();
    let error = fixture::seal_staged(&archive, "2.4.0", &ledger).unwrap_err();
    assert!(matches!(error, SealError::Archive(ArchiveError::Store(StoreError::Full { .. }))), "{error}");
    assert!(error.to_string().contains("no space left"), "{error}");
    left.store(1_000, Ordering::SeqCst);
    drop(archive);
    let archive = Archive::open(&root).unwrap();
    assert!(archive.store().list().unwrap().is_empty());
    fixture::seal_staged(&archive, "2.4.0", &ledger).expect("with space again, the same stage is sealed");
}

#[test]
fn half_collected_stages_of_a_crash_are_swept() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let mut staging = archive.begin_stage("1.0").unwrap();
    staging.put_bytes("x", "text/plain", b"x").unwrap();
    // A killed process runs no destructor.
    std::mem::forget(staging);
    drop(archive);
    assert!(dir.path().join("staging/1.0.partial").is_dir());
    let archive = Archive::open(dir.path()).unwrap();
    assert!(!dir.path().join("staging/1.0.partial").exists());
    assert!(archive.begin_stage("1.0").is_ok());
}

#[test]
fn staging_on_another_file_system_is_copied() {
    // /dev/shm is another file system on Linux; hard links to it are refused, so blobs are copied.
    let Ok(staging) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("skipped: there is no /dev/shm to stage on");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (root, tree) = (dir.path().join("archive"), dir.path().join("tree"));
    source_tree(&tree, 2);
    let ledger = ledger(3);
    let store = DiskBlobs::open(&root).unwrap();
    let archive = Archive::with_store(Box::new(store), staging.path().to_owned()).unwrap();
    fixture::seal(&archive, "2.4.0", &tree, &ledger).unwrap();
    assert_eq!(verify_archive(archive.store(), &Known::default()).problems, []);
}

//! A small ledger and releases made of it.

use archive::manifest::LedgerPrefix;
use archive::retention::{Market, Retention, RetentionInput, compute};
use archive::{Archive, Receipt, ReleaseHead, SealError};
use ledger::{Checkpoint, LedgerStore, MemoryStore, SignedCheckpoint, conformance};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// A ledger with a genesis and `notes` more entries.
pub(crate) fn ledger(notes: usize) -> MemoryStore {
    let store = MemoryStore::new();
    let mut drafts = vec![conformance::genesis()];
    drafts.extend((0..notes).map(|i| conformance::note(&format!("note {i}"))));
    store.append(&drafts, conformance::time(1), None).expect("append");
    store
}

/// The signed checkpoint over all entries.
pub(crate) fn checkpoint(store: &dyn LedgerStore) -> SignedCheckpoint {
    let size = store.position().expect("position");
    let checkpoint = Checkpoint::of(conformance::ORIGIN, store, size).expect("checkpoint");
    checkpoint.sign(&conformance::ledger_key()).expect("sign")
}

/// The files of the ledger's export.
pub(crate) fn export(store: &dyn LedgerStore) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    ledger::export_files(store, &checkpoint(store), &mut |name, bytes| {
        files.push((name.to_owned(), bytes.to_vec()));
        Ok(())
    })
    .expect("export");
    files
}

/// Bytes that do not compress, the same each time.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        out.extend_from_slice(&x.to_le_bytes());
    }
    out.truncate(length);
    out
}

/// A source tree with everything that a tree can have.
pub(crate) fn source_tree(folder: &Path, seed: u64) {
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // An earlier call may have left a read-only one.
        let _ = fs::remove_file(&path);
        fs::write(path, bytes).unwrap();
    };
    write("Cargo.toml", b"[package]\nname = \"triage\"\n");
    write("src/main.rs", b"fn main() {}\n");
    write("src/empty.rs", b"");
    write("src/with space and \\ backslash", b"odd");
    write("src/copy of main.rs", b"fn main() {}\n");
    write("bin/tool", &noise(1, 3_000_000));
    write("bin/engine", &noise(seed, 700_000));
    fs::create_dir_all(folder.join("empty")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let _ = fs::remove_file(folder.join("src/tool"));
        symlink("../bin/tool", folder.join("src/tool")).unwrap();
        fs::set_permissions(folder.join("bin/tool"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(folder.join("src/main.rs"), fs::Permissions::from_mode(0o444)).unwrap();
        let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"src/latin1-\xe9\n.txt");
        fs::write(folder.join(odd), b"bytes").unwrap();
    }
}

/// A retention of 10 years from 2026.
pub(crate) fn retention() -> Retention {
    compute(&RetentionInput {
        markets: vec![Market::Iso13485],
        lifetime_years: Some(10),
        released: "2026-03-14".parse().unwrap(),
        last_placed: None,
        as_of: "2026-03-14".parse().unwrap(),
    })
}

/// What the manifest of `version` says about a stage and a ledger.
pub(crate) fn head(version: &str, stage: Digest, store: &dyn LedgerStore) -> ReleaseHead {
    let checkpoint = checkpoint(store).checkpoint;
    ReleaseHead {
        product: "triage".to_owned(),
        version: version.to_owned(),
        kind: "full".to_owned(),
        sealed_at: "2026-03-14T09:12:00.000Z".parse().unwrap(),
        ledger: Some(LedgerPrefix {
            origin: conformance::ORIGIN.to_owned(),
            position: checkpoint.size,
            root: checkpoint.root,
        }),
        stage,
        evidence_manifest: Some(Digest::of(b"evidence manifest")),
        annotations: BTreeMap::from([("build".to_owned(), "2.4.0+b.8842".to_owned())]),
    }
}

/// Stages and seals a release in two stages, as `release stage` and `release seal` do.
pub(crate) fn seal(
    archive: &Archive,
    version: &str,
    tree: &Path,
    ledger: &dyn LedgerStore,
) -> Result<Receipt, SealError> {
    stage(archive, version, tree, ledger);
    seal_staged(archive, version, ledger)
}

/// The two stages of a release.
pub(crate) fn stage(archive: &Archive, version: &str, tree: &Path, ledger: &dyn LedgerStore) {
    let mut first = archive.begin_stage(version).expect("begin a stage");
    first.put_tree("sources", tree).expect("stage the sources");
    first.put_bytes("reports/unit.xml", "application/xml", b"<testsuites/>").expect("stage a report");
    first.finish().expect("finish the stage");
    let mut second = archive.begin_stage(&format!("{version}.evidence")).expect("begin a stage");
    second
        .put_bytes("record/release-record.md", "text/markdown", b"# Release record\n")
        .expect("stage the record");
    second.put_tree_files("ledger", &export(ledger)).expect("stage the ledger");
    second.finish().expect("finish the stage");
}

/// Seals what [`stage`] staged.
pub(crate) fn seal_staged(
    archive: &Archive,
    version: &str,
    ledger: &dyn LedgerStore,
) -> Result<Receipt, SealError> {
    let first = archive.stage(version)?;
    let second = archive.stage(&format!("{version}.evidence"))?;
    let head = head(version, first.digest(), ledger);
    archive.seal(&[&first, &second], head, retention(), &conformance::ledger_key())
}

/// A folder with an archive of one release, 2.4.0, and the tree that it was made of.
pub(crate) struct Sealed {
    pub(crate) dir: tempfile::TempDir,
}

impl Sealed {
    pub(crate) fn new() -> Sealed {
        let sealed = Sealed { dir: tempfile::tempdir().unwrap() };
        source_tree(&sealed.tree(), 2);
        seal(&sealed.open(), "2.4.0", &sealed.tree(), &ledger(3)).expect("seal");
        sealed
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("archive")
    }

    pub(crate) fn open(&self) -> Archive {
        Archive::open(&self.root()).expect("open the archive")
    }
}

/// Kind, mode, and content or target of everything below a folder, by relative path.
pub(crate) fn listing(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let mode = mode(&meta);
            let content = if meta.is_dir() {
                open.push(path.clone());
                Vec::new()
            } else if meta.is_symlink() {
                fs::read_link(&path).unwrap().to_string_lossy().into_owned().into_bytes()
            } else {
                fs::read(&path).unwrap()
            };
            all.insert(path.strip_prefix(folder).unwrap().to_owned(), (mode, content));
        }
    }
    all
}

#[cfg(unix)]
fn mode(meta: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(meta)
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

//! The blob store in a folder: an OCI image layout.
//!
//! ```text
//! ROOT/oci-layout, index.json, retention.json, protection.json, README.md, unpack.sh     documents
//! ROOT/blobs/sha256/<64 hex digits>                                                     blobs, read-only
//! ROOT/staging/                                                                         unfinished work, lock
//! ```
//!
//! Whoever administers the disk can delete what lies on it; read-only bits and the immutable attribute prevent
//! accidents, not intent. The second copy (`mirror`) is there for the rest.

use crate::blob_store::{
    BlobReader, BlobStore, DOCUMENT_BYTES_MAX, Protection, Put, StoreError, document_name, io_error,
    stored_digest,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use vocabulary::{Date, Digest, canonical};

/// The document that holds what protects each blob.
pub const PROTECTION: &str = "protection.json";
const PROTECTION_FORMAT: &str = "dossier/protection/v1";

/// A folder of blobs. Opened for writing it holds the folder's lock until it is dropped.
#[derive(Debug)]
pub struct DiskBlobs {
    root: PathBuf,
    lock: Option<File>,
    immutable: bool,
    /// Serialises read-modify-write of `protection.json` between threads; the lock does it between processes.
    protections: Mutex<()>,
    next_temporary: AtomicU64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectionFile {
    format: String,
    blobs: BTreeMap<Digest, Protection>,
}

impl DiskBlobs {
    /// Opens the folder for writing, making it where it is absent, and removes what an earlier crash left half written.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another process has it open for writing.
    pub fn open(root: &Path) -> Result<DiskBlobs, StoreError> {
        let store = DiskBlobs::at(root);
        for dir in [store.blobs_dir(), store.staging_dir()] {
            fs::create_dir_all(&dir).map_err(io_error(format!("make the folder {}", dir.display())))?;
        }
        let path = store.staging_dir().join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io_error(format!("open {}", path.display())))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StoreError::Locked(root.display().to_string())),
            Err(fs::TryLockError::Error(e)) => return Err(io_error(format!("lock {}", path.display()))(e)),
        }
        let store = DiskBlobs { lock: Some(lock), ..store };
        store.sweep()?;
        Ok(store)
    }

    /// Opens the folder for reading only; nothing is made, locked or swept, and every method that writes is refused.
    ///
    /// # Errors
    /// Where there is no such folder.
    pub fn read_only(root: &Path) -> Result<DiskBlobs, StoreError> {
        fs::read_dir(root).map_err(io_error(format!("open the folder {}", root.display())))?;
        Ok(DiskBlobs::at(root))
    }

    fn at(root: &Path) -> DiskBlobs {
        DiskBlobs {
            root: root.to_owned(),
            lock: None,
            immutable: false,
            protections: Mutex::new(()),
            next_temporary: AtomicU64::new(0),
        }
    }

    /// Also sets the immutable attribute of blobs that are protected, where system, file system and rights allow it
    /// (Linux, root). Off by default, because not even root can then remove the folder without `chattr -i`.
    pub fn immutable(self, immutable: bool) -> DiskBlobs {
        DiskBlobs { immutable, ..self }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where unfinished work lies, on the same file system as the blobs.
    pub fn staging_dir(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// The path of a blob, whether it is there or not.
    pub fn path(&self, digest: Digest) -> PathBuf {
        self.blobs_dir().join(digest.to_string())
    }

    fn blobs_dir(&self) -> PathBuf {
        self.root.join("blobs").join("sha256")
    }

    fn writable(&self) -> Result<(), StoreError> {
        if self.lock.is_some() {
            return Ok(());
        }
        Err(io_error(format!("write to {}", self.root.display()))(io::Error::new(
            io::ErrorKind::ReadOnlyFilesystem,
            "it was opened for reading only",
        )))
    }

    /// Removes temporary files of a process that died. Nobody else writes: the lock is ours.
    fn sweep(&self) -> Result<(), StoreError> {
        for entry in read_dir(&self.staging_dir())? {
            if entry.file_name().to_string_lossy().ends_with(".tmp") {
                fs::remove_file(entry.path())
                    .map_err(io_error(format!("remove {}", entry.path().display())))?;
            }
        }
        Ok(())
    }

    /// A fresh file in the staging folder.
    fn temporary(&self) -> Result<(PathBuf, File), StoreError> {
        self.writable()?;
        let n = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        let path = self.staging_dir().join(format!("{n}.tmp"));
        let file = File::create(&path).map_err(io_error(format!("write {}", path.display())))?;
        Ok((path, file))
    }

    /// Writes a blob under a temporary name, and renames it once its content has the digest.
    fn write_blob(&self, digest: Digest, content: &mut dyn Read) -> Result<(), StoreError> {
        let path = self.path(digest);
        let (temporary, mut file) = self.temporary()?;
        let stored = digest_copy(content, &mut file)
            .map_err(io_error(format!("write blob sha256:{digest}")))
            .and_then(|(found, _)| match found == digest {
                true => Ok(()),
                false => Err(StoreError::Content { expected: digest, found }),
            })
            .and_then(|()| settle(&file, &temporary))
            .and_then(|()| {
                fs::rename(&temporary, &path).map_err(io_error(format!("write {}", path.display())))
            });
        if stored.is_err() {
            // The error that counts is the first; the sweep at the next start removes what cannot be removed now.
            let _ = fs::remove_file(&temporary);
        }
        stored
    }

    fn read_protections(&self) -> Result<BTreeMap<Digest, Protection>, StoreError> {
        let Some(bytes) = self.document(PROTECTION)? else { return Ok(BTreeMap::new()) };
        let wrong = |reason: String| StoreError::Document { name: PROTECTION.to_owned(), reason };
        let value = canonical::from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
        let file: ProtectionFile = serde_json::from_value(value).map_err(|e| wrong(e.to_string()))?;
        if file.format != PROTECTION_FORMAT {
            return Err(wrong(format!("its format is `{}`, not `{PROTECTION_FORMAT}`", file.format)));
        }
        Ok(file.blobs)
    }

    fn change_protections(
        &self,
        change: impl FnOnce(&mut BTreeMap<Digest, Protection>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.writable()?;
        let _one_at_a_time = self.protections.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.read_protections()?;
        let mut blobs = before.clone();
        change(&mut blobs)?;
        if blobs == before {
            return Ok(());
        }
        let file = ProtectionFile { format: PROTECTION_FORMAT.to_owned(), blobs };
        let bytes = canonical::to_vec(&file)
            .map_err(|e| StoreError::Document { name: PROTECTION.to_owned(), reason: e.to_string() })?;
        self.replace_document(PROTECTION, &bytes)
    }

    fn present(&self, blobs: &[Digest]) -> Result<(), StoreError> {
        match blobs.iter().find(|d| !self.path(**d).is_file()) {
            Some(absent) => Err(StoreError::Absent(*absent)),
            None => Ok(()),
        }
    }
}

impl BlobStore for DiskBlobs {
    fn put(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        self.writable()?;
        if self.path(digest).is_file() {
            return Ok(Put::Existing);
        }
        self.write_blob(digest, content)?;
        Ok(Put::New)
    }

    fn adopt(&self, digest: Digest, staged: &Path) -> Result<Put, StoreError> {
        self.writable()?;
        let path = self.path(digest);
        if path.is_file() {
            return Ok(Put::Existing);
        }
        match fs::hard_link(staged, &path) {
            Ok(()) => Ok(Put::New),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(Put::Existing),
            // File systems without hard links, and staging elsewhere: a copy, digested on the way.
            Err(_) => {
                let mut file = File::open(staged).map_err(io_error(format!("open {}", staged.display())))?;
                self.put(digest, &mut file)
            }
        }
    }

    fn sync(&self) -> Result<(), StoreError> {
        sync_file_system(&self.blobs_dir())?;
        sync_folder(&self.blobs_dir())
    }

    fn open(&self, digest: Digest) -> Result<BlobReader, StoreError> {
        match File::open(self.path(digest)) {
            Ok(file) => Ok(Box::new(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(StoreError::Absent(digest)),
            Err(e) => Err(io_error(format!("open blob sha256:{digest}"))(e)),
        }
    }

    fn read_range(&self, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        let doing = || format!("read {length} bytes at {offset} of blob sha256:{digest}");
        let size = self.size(digest)?.ok_or(StoreError::Absent(digest))?;
        if offset.checked_add(length as u64).is_none_or(|end| end > size) {
            return Err(io_error(doing())(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut file = File::open(self.path(digest)).map_err(io_error(doing()))?;
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(io_error(doing()))?;
        Ok(bytes)
    }

    fn size(&self, digest: Digest) -> Result<Option<u64>, StoreError> {
        match fs::symlink_metadata(self.path(digest)) {
            Ok(m) if m.is_file() => Ok(Some(m.len())),
            Ok(_) => Ok(None),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io_error(format!("look at blob sha256:{digest}"))(e)),
        }
    }

    fn list(&self) -> Result<Vec<Digest>, StoreError> {
        let mut all: Vec<Digest> = read_dir_if_there(&self.blobs_dir())?
            .iter()
            .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
            .filter_map(|e| blob_name(&e.file_name().to_string_lossy()))
            .collect();
        all.sort();
        Ok(all)
    }

    fn strays(&self) -> Result<Vec<String>, StoreError> {
        let mut strays = Vec::new();
        for entry in read_dir(&self.root)? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(io_error(format!("look at {name}")))?;
            let known = match name.as_str() {
                "blobs" | "staging" => kind.is_dir(),
                _ => kind.is_file() && document_name(&name).is_ok(),
            };
            if !known {
                strays.push(name);
            }
        }
        for entry in read_dir_if_there(&self.root.join("blobs"))? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != "sha256" || !entry.file_type().is_ok_and(|t| t.is_dir()) {
                strays.push(format!("blobs/{name}"));
            }
        }
        for entry in read_dir_if_there(&self.blobs_dir())? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if blob_name(&name).is_none() || !entry.file_type().is_ok_and(|t| t.is_file()) {
                strays.push(format!("blobs/sha256/{name}"));
            }
        }
        strays.sort();
        Ok(strays)
    }

    fn protect(&self, blobs: &[Digest], protection: Protection) -> Result<(), StoreError> {
        self.present(blobs)?;
        self.change_protections(|all| {
            for digest in blobs {
                let kept = all.entry(*digest).or_default();
                *kept = kept.stricter(protection);
            }
            Ok(())
        })?;
        if self.immutable {
            // Best effort: `protection.json` is what is relied on.
            blobs.iter().for_each(|d| drop(set_immutable(&self.path(*d), true)));
        }
        Ok(())
    }

    fn set_hold(&self, blobs: &[Digest], hold: bool) -> Result<(), StoreError> {
        self.present(blobs)?;
        self.change_protections(|all| {
            blobs.iter().for_each(|d| all.entry(*d).or_default().hold = hold);
            Ok(())
        })
    }

    fn protection(&self, digest: Digest) -> Result<Protection, StoreError> {
        Ok(self.read_protections()?.get(&digest).copied().unwrap_or_default())
    }

    fn protections(&self) -> Result<BTreeMap<Digest, Protection>, StoreError> {
        self.read_protections()
    }

    fn repair(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        self.writable()?;
        let path = self.path(digest);
        if path.is_file() && stored_digest(self, digest)?.0 == digest {
            return Ok(Put::Existing);
        }
        if self.immutable {
            drop(set_immutable(&path, false));
        }
        self.write_blob(digest, content)?;
        if self.immutable && self.protection(digest)? != Protection::default() {
            drop(set_immutable(&path, true));
        }
        Ok(Put::New)
    }

    fn remove(&self, digest: Digest, today: Date) -> Result<(), StoreError> {
        self.writable()?;
        let protection = self.protection(digest)?;
        if !protection.permits_removal(today) {
            return Err(StoreError::Protected { digest, protection });
        }
        let path = self.path(digest);
        if self.immutable {
            drop(set_immutable(&path, false));
        }
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(StoreError::Absent(digest)),
            Err(e) => return Err(io_error(format!("remove blob sha256:{digest}"))(e)),
        }
        self.change_protections(|all| {
            all.remove(&digest);
            Ok(())
        })
    }

    fn documents(&self) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<String> = read_dir(&self.root)?
            .iter()
            .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .filter(|name| document_name(name).is_ok())
            .collect();
        names.sort();
        Ok(names)
    }

    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.root.join(document_name(name)?);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io_error(format!("open {}", path.display()))(e)),
        };
        let mut bytes = Vec::new();
        file.take(DOCUMENT_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(io_error(format!("read {}", path.display())))?;
        if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            let reason = format!("it is larger than {DOCUMENT_BYTES_MAX} bytes");
            return Err(StoreError::Document { name: name.to_owned(), reason });
        }
        Ok(Some(bytes))
    }

    fn replace_document(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.root.join(document_name(name)?);
        let (temporary, mut file) = self.temporary()?;
        let written =
            file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, &path));
        if let Err(e) = written {
            let _ = fs::remove_file(&temporary);
            return Err(io_error(format!("write {}", path.display()))(e));
        }
        sync_folder(&self.root)
    }
}

/// The digest that a blob's file name says; nothing but 64 lower-case hex digits is one.
fn blob_name(name: &str) -> Option<Digest> {
    if name.len() == 64 { name.parse().ok() } else { None }
}

fn read_dir(dir: &Path) -> Result<Vec<fs::DirEntry>, StoreError> {
    let doing = || io_error(format!("list the folder {}", dir.display()));
    fs::read_dir(dir).map_err(doing())?.collect::<io::Result<_>>().map_err(doing())
}

fn read_dir_if_there(dir: &Path) -> Result<Vec<fs::DirEntry>, StoreError> {
    if dir.is_dir() { read_dir(dir) } else { Ok(Vec::new()) }
}

/// Copies everything and returns digest and length of what was copied.
pub(crate) fn digest_copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(Digest, u64)> {
    let mut hasher = Sha256::new();
    let mut length = 0;
    let mut buffer = vec![0; 128 << 10];
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => return Ok((Digest(hasher.finalize().into()), length)),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let bytes = buffer.get(..n).unwrap_or_default();
        hasher.update(bytes);
        to.write_all(bytes)?;
        length += n as u64;
    }
}

/// Makes a finished file read-only and, where no later call syncs the whole file system, durable.
pub(crate) fn settle(file: &File, path: &Path) -> Result<(), StoreError> {
    let doing = || io_error(format!("finish {}", path.display()));
    if !cfg!(target_os = "linux") {
        file.sync_all().map_err(doing())?;
    }
    let mut permissions = file.metadata().map_err(doing())?.permissions();
    permissions.set_readonly(true);
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o444);
    file.set_permissions(permissions).map_err(doing())
}

/// One `syncfs` for everything written to the file system of `dir`. On other systems each file was synced by
/// [`settle`].
pub(crate) fn sync_file_system(dir: &Path) -> Result<(), StoreError> {
    #[cfg(target_os = "linux")]
    {
        let doing = || io_error(format!("sync the file system of {}", dir.display()));
        let handle = File::open(dir).map_err(doing())?;
        rustix::fs::syncfs(&handle).map_err(io::Error::from).map_err(doing())?;
    }
    #[cfg(not(target_os = "linux"))]
    let _ = dir;
    Ok(())
}

/// Makes names in `dir` durable. Windows cannot sync a folder and needs not to.
pub(crate) fn sync_folder(dir: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(io_error(format!("sync the folder {}", dir.display())))?;
    #[cfg(not(unix))]
    let _ = dir;
    Ok(())
}

#[cfg(target_os = "linux")]
fn set_immutable(path: &Path, on: bool) -> io::Result<()> {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};
    let file = File::open(path)?;
    let mut flags = ioctl_getflags(&file)?;
    flags.set(IFlags::IMMUTABLE, on);
    Ok(ioctl_setflags(&file, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn set_immutable(_: &Path, _: bool) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disk_conforms() {
        crate::conformance::run(&|check| {
            let dir = tempfile::tempdir().unwrap();
            check(&DiskBlobs::open(dir.path()).unwrap());
        });
    }

    #[test]
    fn two_processes_cannot_write_at_once_but_reading_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let first = DiskBlobs::open(dir.path()).unwrap();
        assert!(matches!(DiskBlobs::open(dir.path()), Err(StoreError::Locked(_))));
        let reader = DiskBlobs::read_only(dir.path()).unwrap();
        assert!(reader.put(Digest::of(b"x"), &mut &b"x"[..]).is_err());
        assert!(reader.replace_document("index.json", b"").is_err());
        drop(first);
        DiskBlobs::open(dir.path()).unwrap();
    }

    #[test]
    fn half_written_files_of_a_crash_are_swept_and_blobs_are_read_only() {
        let dir = tempfile::tempdir().unwrap();
        let store = DiskBlobs::open(dir.path()).unwrap();
        store.put(Digest::of(b"x"), &mut &b"x"[..]).unwrap();
        fs::write(dir.path().join("staging/9.tmp"), b"half").unwrap();
        drop(store);
        let store = DiskBlobs::open(dir.path()).unwrap();
        assert!(!dir.path().join("staging/9.tmp").exists());
        assert!(fs::metadata(store.path(Digest::of(b"x"))).unwrap().permissions().readonly());
    }

    #[test]
    fn what_is_no_blob_is_a_stray() {
        let dir = tempfile::tempdir().unwrap();
        let store = DiskBlobs::open(dir.path()).unwrap();
        let name = Digest::of(b"x").to_string();
        fs::write(dir.path().join("blobs/sha256/note.txt"), b"").unwrap();
        fs::write(dir.path().join("blobs").join("other"), b"").unwrap();
        fs::create_dir(dir.path().join("blobs/sha256").join(name.to_uppercase())).unwrap();
        fs::create_dir(dir.path().join("more")).unwrap();
        let strays = store.strays().unwrap();
        assert_eq!(strays.len(), 4, "{strays:?}");
        assert!(store.list().unwrap().is_empty());
    }

    #[test]
    fn a_broken_protection_file_protects_everything() {
        let dir = tempfile::tempdir().unwrap();
        let store = DiskBlobs::open(dir.path()).unwrap();
        store.put(Digest::of(b"x"), &mut &b"x"[..]).unwrap();
        for broken in ["", "[]", "{}", r#"{"format":"dossier/protection/v9","blobs":{}}"#] {
            fs::write(dir.path().join(PROTECTION), broken).unwrap();
            assert!(store.remove(Digest::of(b"x"), "2099-01-01".parse().unwrap()).is_err(), "{broken}");
        }
    }
}

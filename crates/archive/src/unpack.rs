//! Reading trees back: a whole tree into a folder, or single files of it.

use crate::blob_store::{BlobStore, StoreError, io_error};
use crate::pack::ChunkReader;
use crate::tree_index::{ChunkRef, EntryKind, TreeIndex, escape};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// Why a tree could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The store or the disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place to unpack to has something in it.
    #[error("{} is not empty; unpack into a new folder", .0.display())]
    NotEmpty(PathBuf),
    /// A file of the tree is not what the index says.
    #[error("`{path}` of the tree: {reason}")]
    File {
        /// Its path in the tree.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// This system cannot make such an entry.
    #[error("`{0}` cannot be made on this system")]
    Unsupported(String),
}

/// Unpacks a tree into `folder`, which must be absent or empty. Every chunk and every file is digested on the way.
///
/// Symbolic links are made last, so that nothing is ever written through one.
///
/// # Errors
/// At the first file that is not as the index says; what was unpacked until then stays.
pub fn unpack_tree(store: &dyn BlobStore, index: &TreeIndex, folder: &Path) -> Result<(), UnpackError> {
    unpack_tree_from(&|digest, offset, length| store.read_range(digest, offset, length), index, folder)
}

/// Reads a part of a blob, from an archive or from a stage.
pub(crate) type ReadRange<'a> = dyn Fn(Digest, u64, usize) -> Result<Vec<u8>, StoreError> + 'a;

/// [`unpack_tree`] from wherever the packs are.
pub(crate) fn unpack_tree_from(
    read: &ReadRange<'_>,
    index: &TreeIndex,
    folder: &Path,
) -> Result<(), UnpackError> {
    let making = |path: &Path| io_error(format!("make {}", path.display()));
    fs::create_dir_all(folder).map_err(making(folder))?;
    if fs::read_dir(folder).map_err(io_error(format!("list {}", folder.display())))?.next().is_some() {
        return Err(UnpackError::NotEmpty(folder.to_owned()));
    }
    let mut reader = TreeReader { read, chunks: ChunkReader::new()? };
    for entry in &index.entries {
        let path = folder.join(os_path(&entry.path)?);
        match &entry.kind {
            EntryKind::Dir { .. } => fs::create_dir(&path).map_err(making(&path))?,
            EntryKind::Link { .. } => {}
            EntryKind::File { mode, digest, chunks, .. } => {
                let file = File::create_new(&path).map_err(making(&path))?;
                let mut out = io::BufWriter::with_capacity(1 << 20, file);
                reader.copy(index, &entry.path, *digest, chunks, &mut out)?;
                out.into_inner().map_err(|e| making(&path)(e.into_error()))?;
                set_mode(&path, *mode).map_err(making(&path))?;
            }
        }
    }
    for entry in &index.entries {
        if let EntryKind::Link { target } = &entry.kind {
            let path = folder.join(os_path(&entry.path)?);
            make_link(&os_path(target)?, &path, &entry.path)?;
        }
    }
    // Folders last and from the inside, because one may be read-only.
    for entry in index.entries.iter().rev() {
        if let EntryKind::Dir { mode } = &entry.kind {
            let path = folder.join(os_path(&entry.path)?);
            set_mode(&path, *mode).map_err(making(&path))?;
        }
    }
    Ok(())
}

struct TreeReader<'a> {
    read: &'a ReadRange<'a>,
    chunks: ChunkReader,
}

impl TreeReader<'_> {
    fn copy(
        &mut self,
        index: &TreeIndex,
        path: &[u8],
        digest: Digest,
        chunks: &[ChunkRef],
        out: &mut dyn Write,
    ) -> Result<(), UnpackError> {
        let wrong = |reason: String| UnpackError::File { path: escape(path), reason };
        let mut hasher = Sha256::new();
        for c in chunks {
            let pack = index.packs.get(c.pack as usize).ok_or_else(|| wrong("names no pack".to_owned()))?;
            let frame = (self.read)(pack.digest, c.offset.into(), c.length as usize)?;
            let bytes = self.chunks.read(&frame, c.raw_length, c.raw).map_err(wrong)?;
            if chunks.len() > 1 {
                hasher.update(bytes);
            }
            out.write_all(bytes).map_err(io_error(format!("write `{}`", escape(path))))?;
        }
        let found = match chunks {
            [] => Digest::of(b""),
            [only] => only.raw,
            _ => Digest(hasher.finalize().into()),
        };
        if found == digest {
            Ok(())
        } else {
            Err(wrong(format!("is sha256:{found}, the index says sha256:{digest}")))
        }
    }
}

/// Reads one file of a tree into memory; `None` where the tree has no such file.
///
/// # Errors
/// Where its content is not as the index says.
pub fn read_file(
    store: &dyn BlobStore,
    index: &TreeIndex,
    path: &str,
) -> Result<Option<Vec<u8>>, UnpackError> {
    let at = index.entries.binary_search_by(|e| crate::tree_index::path_order(&e.path, path.as_bytes()));
    let Some(entry) = at.ok().and_then(|i| index.entries.get(i)) else { return Ok(None) };
    let EntryKind::File { digest, chunks, .. } = &entry.kind else { return Ok(None) };
    let mut out = Vec::new();
    let read = |digest, offset, length| store.read_range(digest, offset, length);
    let mut reader = TreeReader { read: &read, chunks: ChunkReader::new()? };
    reader.copy(index, &entry.path, *digest, chunks, &mut out)?;
    Ok(Some(out))
}

/// The files of a tree as the ledger's verifier sees an export.
pub struct TreeFiles<'a> {
    store: &'a dyn BlobStore,
    index: &'a TreeIndex,
}

impl<'a> TreeFiles<'a> {
    /// The files of the tree with this index.
    pub fn new(store: &'a dyn BlobStore, index: &'a TreeIndex) -> TreeFiles<'a> {
        TreeFiles { store, index }
    }
}

impl ledger::ExportFiles for TreeFiles<'_> {
    fn names(&self) -> Result<BTreeSet<String>, ledger::ExportError> {
        let is_dir = |kind: &EntryKind| matches!(kind, EntryKind::Dir { .. });
        Ok(self.index.entries.iter().filter(|e| !is_dir(&e.kind)).map(|e| escape(&e.path)).collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ledger::ExportError> {
        read_file(self.store, self.index, name).map_err(|e| ledger::ExportError::Io {
            operation: "read",
            path: PathBuf::from(name),
            source: io::Error::other(e),
        })
    }
}

#[cfg(unix)]
fn os_path(bytes: &[u8]) -> Result<PathBuf, UnpackError> {
    Ok(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn os_path(bytes: &[u8]) -> Result<PathBuf, UnpackError> {
    // Backslashes and colons would be more than one component, or a drive.
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(['\\', ':']) => Ok(PathBuf::from(text)),
        _ => Err(UnpackError::Unsupported(escape(bytes))),
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn make_link(target: &Path, path: &Path, _: &[u8]) -> Result<(), UnpackError> {
    Ok(std::os::unix::fs::symlink(target, path)
        .map_err(io_error(format!("make the link {}", path.display())))?)
}

#[cfg(not(unix))]
fn make_link(_: &Path, _: &Path, name: &[u8]) -> Result<(), UnpackError> {
    Err(UnpackError::Unsupported(escape(name)))
}

//! How the work tree differs from a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::error::{failed, io};
use crate::work_tree::mode_on_disk;
use crate::{Entry, Error, Mode, ObjectId, RepoPath, Repository};

/// How a path of the work tree differs from HEAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dirt {
    /// Other bytes than the commit has.
    Modified,
    /// Another mode (executable, link) than the commit has.
    ModeChanged,
    /// In the commit, not in the work tree.
    Deleted,
    /// In the index, not in the commit.
    Added,
    /// Neither in the commit nor in the index, and not ignored.
    Untracked,
}

/// A path of the work tree that differs from HEAD.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirtyPath {
    /// The path.
    pub path: RepoPath,
    /// How it differs.
    pub dirt: Dirt,
}

impl Repository {
    /// Every path at which the work tree differs from HEAD, sorted; empty means clean. What counts is bytes: no
    /// filter and no line-end conversion is applied, and what is staged does not matter. In a repository without
    /// commits every file is new.
    pub fn status(&self) -> Result<Vec<DirtyPath>, Error> {
        let root = self.work_tree()?.to_owned();
        let committed = match self.head() {
            Ok(head) => self.entries(head, &[])?,
            Err(Error::NoCommits(_) | Error::UnbornHead { .. }) => Vec::new(),
            Err(other) => return Err(other),
        };
        let index = IndexStat::read(self)?;
        let mut out = Vec::new();
        for entry in &committed {
            if let Some(dirt) = dirt_of(&root, entry, &index)? {
                out.push(DirtyPath { path: entry.path.clone(), dirt });
            }
        }
        let mut known: BTreeSet<&RepoPath> = committed.iter().map(|e| &e.path).collect();
        for path in index.entries.keys() {
            if known.insert(path)
                && path.danger().is_none()
                && fs::symlink_metadata(path.below(&root)).is_ok()
            {
                out.push(DirtyPath { path: path.clone(), dirt: Dirt::Added });
            }
        }
        self.untracked(&root, &root, &known, &mut |path, _| {
            out.push(DirtyPath { path, dirt: Dirt::Untracked })
        })?;
        out.sort();
        Ok(out)
    }
}

fn dirt_of(root: &Path, entry: &Entry, index: &IndexStat) -> Result<Option<Dirt>, Error> {
    let path = entry.path.below(root);
    let submodule = entry.mode == Mode::Submodule;
    let Some(mode) = mode_on_disk(&path, submodule)? else {
        // A submodule that is not checked out leaves an empty directory behind: that is no change.
        let left_out = submodule && path.is_dir();
        return Ok(if left_out { None } else { Some(Dirt::Deleted) });
    };
    let same = match mode {
        Mode::Submodule => Repository::open(&path).and_then(|r| r.head()).is_ok_and(|head| head == entry.id),
        Mode::Symlink => {
            let target = fs::read_link(&path).map_err(io("reading the link", &path))?;
            hash(target.as_os_str().as_bytes())? == entry.id
        }
        Mode::File | Mode::Executable => index.vouches_for(entry, &path)? || hash_file(&path)? == entry.id,
    };
    Ok(match (same, mode == entry.mode) {
        (true, true) => None,
        (true, false) => Some(Dirt::ModeChanged),
        (false, _) => Some(Dirt::Modified),
    })
}

fn hash(bytes: &[u8]) -> Result<ObjectId, Error> {
    git2::Oid::hash_object(git2::ObjectType::Blob, bytes).map(ObjectId).map_err(failed("hashing a link"))
}

fn hash_file(path: &Path) -> Result<ObjectId, Error> {
    git2::Oid::hash_file(git2::ObjectType::Blob, path)
        .map(ObjectId)
        .map_err(failed(format!("reading {}", path.display())))
}

/// What the index remembers of files when they were last hashed, so that unchanged ones need not be read again.
struct IndexStat {
    entries: BTreeMap<RepoPath, git2::IndexEntry>,
    /// When the index was written, in seconds. A file that is as young may have changed since without its time showing it.
    written: i64,
}

impl IndexStat {
    fn read(repository: &Repository) -> Result<IndexStat, Error> {
        let index = repository.inner.index().map_err(failed("reading the index"))?;
        let written = index.path().and_then(|p| fs::metadata(p).ok()).map_or(0, |m| m.mtime());
        let entries = index.iter().map(|e| (RepoPath::new(e.path.clone()), e)).collect();
        Ok(IndexStat { entries, written })
    }

    /// Whether the file is surely the committed one: same size, times and inode as when the index hashed it to the
    /// committed id, and older than the index.
    fn vouches_for(&self, committed: &Entry, path: &Path) -> Result<bool, Error> {
        let Some(known) = self.entries.get(&committed.path) else { return Ok(false) };
        let now = fs::symlink_metadata(path).map_err(io("looking at", path))?;
        let nanos = i64::from(known.mtime.nanoseconds());
        // The index keeps 32 bits of size and inode.
        #[allow(clippy::cast_possible_truncation)]
        let same_file = known.file_size == now.size() as u32 && known.ino == now.ino() as u32;
        Ok(known.id == committed.id.0
            && same_file
            && i64::from(known.mtime.seconds()) == now.mtime()
            && nanos == now.mtime_nsec()
            && now.mtime() < self.written)
    }
}

//! The tree of a commit: its entries, their bytes, and the digest over them.

use std::num::NonZero;
use std::thread;

use sha2::{Digest as _, Sha256};

use crate::error::corrupted;
use crate::id::dangerous_name;
use crate::{Error, ObjectId, RepoPath, Repository};

/// More entries than this in one tree are refused: trees can name themselves over and over at no cost.
const ENTRIES_MAX: usize = 1_000_000;
/// Deeper directories than this are refused.
const DEPTH_MAX: usize = 512;
/// Larger blobs than this are refused, before they are unpacked. In bytes.
const BLOB_BYTES_MAX: usize = 2 << 30;
/// Fewer entries than this are read by one thread: opening further handles costs more than it saves.
const PARALLEL_FROM: usize = 512;

/// What kind of file a tree entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// An ordinary file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; its bytes are the target.
    Symlink,
    /// A commit of another repository. Its content is not in this one; its bytes are the commit's id in ASCII.
    Submodule,
}

impl Mode {
    /// The mode as git writes it, six octal digits.
    pub fn octal(self) -> &'static str {
        match self {
            Mode::File => "100644",
            Mode::Executable => "100755",
            Mode::Symlink => "120000",
            Mode::Submodule => "160000",
        }
    }

    fn of(bits: i32) -> Mode {
        match bits & 0o170_000 {
            0o120_000 => Mode::Symlink,
            0o160_000 => Mode::Submodule,
            _ if bits & 0o111 != 0 => Mode::Executable,
            _ => Mode::File,
        }
    }
}

/// One file of a commit's tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where it is.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// The blob's id, or the commit's for a submodule.
    pub id: ObjectId,
}

/// One file of a commit's tree with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Where and what it is.
    pub entry: Entry,
    /// Its content as git stores it: no filter, no line-end conversion.
    pub bytes: Vec<u8>,
}

impl Repository {
    /// All files of `commit`'s tree that are one of, or lie below one of, the paths `under` (empty: the whole tree),
    /// sorted by path bytes. A path that the tree does not have contributes nothing.
    pub fn entries(&self, commit: ObjectId, under: &[&str]) -> Result<Vec<Entry>, Error> {
        let tree =
            self.inner.find_commit(commit.0).and_then(|c| c.tree()).map_err(corrupted("commit", commit))?;
        let mut walk = Walk { repository: self, under: normalised(under), out: Vec::new(), seen: 0 };
        walk.tree(&tree, &[], 0)?;
        let mut out = walk.out;
        out.sort();
        Ok(out)
    }

    /// The bytes of a blob.
    pub fn read(&self, id: ObjectId) -> Result<Vec<u8>, Error> {
        let odb = self.inner.odb().map_err(corrupted("object database for", id))?;
        read_blob(&odb, id)
    }

    /// Calls `each` for every entry with its bytes and returns the results in the order of `entries`. Large lists are
    /// read by several threads, each with its own handle.
    pub fn map_blobs<T: Send>(
        &self,
        entries: &[Entry],
        each: impl Fn(&Entry, &[u8]) -> T + Sync,
    ) -> Result<Vec<T>, Error> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(8);
        if entries.len() < PARALLEL_FROM || threads == 1 {
            return self.map_here(entries, &each);
        }
        let share = entries.len().div_ceil(threads);
        let handles = entries.chunks(share).map(|part| Ok((part, self.reopen()?)));
        let handles = handles.collect::<Result<Vec<_>, Error>>()?;
        let each = &each;
        let parts = thread::scope(|scope| {
            let start = |(part, handle): (_, Repository)| scope.spawn(move || handle.map_here(part, each));
            let running: Vec<_> = handles.into_iter().map(start).collect();
            running
                .into_iter()
                .map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Result<Vec<Vec<T>>, Error>>()
        })?;
        Ok(parts.into_iter().flatten().collect())
    }

    fn map_here<T>(&self, entries: &[Entry], each: &impl Fn(&Entry, &[u8]) -> T) -> Result<Vec<T>, Error> {
        let Some(first) = entries.first() else { return Ok(Vec::new()) };
        let odb = self.inner.odb().map_err(corrupted("object database for", first.id))?;
        entries
            .iter()
            .map(|entry| match entry.mode {
                Mode::Submodule => Ok(each(entry, entry.id.to_string().as_bytes())),
                _ => with_blob(&odb, entry.id, |bytes| each(entry, bytes)),
            })
            .collect()
    }

    /// All files below the paths `under` (empty: all) at `commit`, with their bytes, sorted by path.
    pub fn blobs(&self, commit: ObjectId, under: &[&str]) -> Result<Vec<Blob>, Error> {
        let entries = self.entries(commit, under)?;
        let bytes = self.map_blobs(&entries, |_, bytes| bytes.to_vec())?;
        Ok(entries.into_iter().zip(bytes).map(|(entry, bytes)| Blob { entry, bytes }).collect())
    }

    /// The [`tree_digest`] of the files below `under` (empty: all) at `commit`.
    pub fn commit_tree_digest(&self, commit: ObjectId, under: &[&str]) -> Result<[u8; 32], Error> {
        let entries = self.entries(commit, under)?;
        let digests = self.map_blobs(&entries, |_, bytes| <[u8; 32]>::from(Sha256::digest(bytes)))?;
        Ok(tree_digest(entries.iter().map(|e| e.path.as_bytes()).zip(digests)))
    }
}

/// The digest of a set of files, the same for a work tree and for a commit: SHA-256 over, for each file in the order
/// of its path's bytes,
///
/// ```text
/// path NUL sha256-of-content-as-64-lower-case-hex-digits LF
/// ```
///
/// The order of `files` does not matter; an empty set has the digest of no bytes. File modes are no part of it
/// ([`SoftwareDigest`](crate::SoftwareDigest) has them). A symbolic link's content is its target.
pub fn tree_digest<P: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, [u8; 32])>) -> [u8; 32] {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(|a, b| (a.0.as_ref(), a.1).cmp(&(b.0.as_ref(), b.1)));
    let mut sha = Sha256::new();
    for (path, digest) in files {
        sha.update(path.as_ref());
        sha.update(b"\0");
        sha.update(hex::encode(digest));
        sha.update(b"\n");
    }
    sha.finalize().into()
}

/// The paths without slashes at their ends; "." and "" mean everything.
fn normalised(under: &[&str]) -> Vec<Vec<u8>> {
    let trimmed = under.iter().map(|p| p.trim_start_matches("./").trim_matches('/'));
    let paths: Vec<Vec<u8>> = trimmed.map(|p| p.as_bytes().to_vec()).collect();
    if paths.iter().any(|p| p.is_empty() || p == b".") { Vec::new() } else { paths }
}

struct Walk<'r> {
    repository: &'r Repository,
    under: Vec<Vec<u8>>,
    out: Vec<Entry>,
    /// Entries looked at so far, directories included.
    seen: usize,
}

impl Walk<'_> {
    fn tree(&mut self, tree: &git2::Tree<'_>, prefix: &[u8], depth: usize) -> Result<(), Error> {
        if depth > DEPTH_MAX {
            let what = format!("the tree {} (by its depth)", tree.id());
            return Err(Error::TooLarge { what, limit: format!("{DEPTH_MAX} directories") });
        }
        for entry in tree {
            self.seen += 1;
            if self.seen > ENTRIES_MAX {
                let what = format!("the tree {}", tree.id());
                return Err(Error::TooLarge { what, limit: format!("{ENTRIES_MAX} entries") });
            }
            let mut path = prefix.to_vec();
            path.extend_from_slice(entry.name_bytes());
            if let Some(why) = dangerous_name(entry.name_bytes()) {
                return Err(Error::UnsafePath { path: RepoPath::new(path), why });
            }
            if entry.filemode() & 0o170_000 == 0o040_000 {
                if self.may_lead_to(&path) {
                    let id = ObjectId(entry.id());
                    let sub = self.repository.inner.find_tree(entry.id()).map_err(corrupted("tree", id))?;
                    path.push(b'/');
                    self.tree(&sub, &path, depth + 1)?;
                }
            } else if self.wanted(&path) {
                let mode = Mode::of(entry.filemode());
                self.out.push(Entry { path: RepoPath::new(path), mode, id: ObjectId(entry.id()) });
            }
        }
        Ok(())
    }

    fn wanted(&self, path: &[u8]) -> bool {
        self.under.is_empty() || self.under.iter().any(|u| is_or_below(path, u))
    }

    fn may_lead_to(&self, directory: &[u8]) -> bool {
        self.wanted(directory) || self.under.iter().any(|u| is_or_below(u, directory))
    }
}

/// Whether `path` is `directory` or lies below it.
pub(crate) fn is_or_below(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'/'))
}

/// Whether `path` is wanted by a list of paths as [`Repository::entries`] takes it.
pub(crate) fn selects(under: &[&str], path: &[u8]) -> bool {
    let under = normalised(under);
    under.is_empty() || under.iter().any(|u| is_or_below(path, u))
}

fn read_blob(odb: &git2::Odb<'_>, id: ObjectId) -> Result<Vec<u8>, Error> {
    with_blob(odb, id, <[u8]>::to_vec)
}

fn with_blob<T>(odb: &git2::Odb<'_>, id: ObjectId, use_it: impl FnOnce(&[u8]) -> T) -> Result<T, Error> {
    let (bytes, kind) = odb.read_header(id.0).map_err(corrupted("blob", id))?;
    if kind != git2::ObjectType::Blob {
        let source = git2::Error::from_str("it is not a blob");
        return Err(Error::Corrupted {
            what: format!("object {id} is a {kind}, a blob was expected"),
            source,
        });
    }
    if bytes > BLOB_BYTES_MAX {
        return Err(Error::TooLarge { what: format!("blob {id}"), limit: format!("{BLOB_BYTES_MAX} bytes") });
    }
    let object = odb.read(id.0).map_err(corrupted("blob", id))?;
    Ok(use_it(object.data()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tree_digest_can_be_made_with_a_shell() {
        // printf 'a.md\0%s\nb/c\0%s\n' $(printf x | sha256sum | cut -c-64) $(printf '' | sha256sum | cut -c-64) | sha256sum
        let digest = |bytes: &[u8]| <[u8; 32]>::from(Sha256::digest(bytes));
        let files = [("b/c", digest(b"")), ("a.md", digest(b"x"))];
        assert_eq!(hex::encode(tree_digest(files)), FROZEN);
        assert_eq!(tree_digest::<&str>([]), digest(b""));
    }

    const FROZEN: &str = "13d234b62af0ada82c12dc4ed0d1011265c12993320b68bec533bb02415a79d8";

    proptest! {
        #[test]
        fn the_order_of_the_files_does_not_matter_and_every_byte_does(
            files in prop::collection::btree_map("[a-c/]{1,4}", any::<[u8; 32]>(), 1..6),
            at in any::<prop::sample::Index>(),
        ) {
            let files: Vec<_> = files.into_iter().collect();
            let reversed: Vec<_> = files.iter().rev().cloned().collect();
            prop_assert_eq!(tree_digest(files.clone()), tree_digest(reversed));
            let mut changed = files.clone();
            changed[at.index(files.len())].1[0] ^= 1;
            prop_assert_ne!(tree_digest(files), tree_digest(changed));
        }
    }

    #[test]
    fn paths_select_themselves_and_what_is_below() {
        assert!(selects(&["dossier"], b"dossier/a.md"));
        assert!(selects(&["dossier/"], b"dossier"));
        assert!(!selects(&["dossier"], b"dossier2/a.md"));
        assert!(selects(&[], b"x") && selects(&["."], b"x") && selects(&["./x"], b"x"));
    }
}

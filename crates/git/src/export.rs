//! Writing the files of a commit to a directory.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::Path;

use crate::error::io;
use crate::{Entry, Error, Mode, ObjectId, RepoPath, Repository};

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// How many files and links were written.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Submodules: their content is not in this repository and was not written; each is an empty directory.
    pub submodules: Vec<(RepoPath, ObjectId)>,
}

impl Repository {
    /// Writes the files of `commit` below `under` (empty: all) to `directory`, which must be empty or absent: bytes as
    /// stored, executable or not, links as links. Links that are absolute or lead out of the tree are refused, as is
    /// every name that would leave the directory; nothing is written then.
    pub fn export(&self, commit: ObjectId, under: &[&str], directory: &Path) -> Result<Exported, Error> {
        let entries = self.entries(commit, under)?;
        must_be_disjoint(&entries)?;
        let (links, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| e.mode == Mode::Symlink);
        let targets = self.map_blobs(&links, |_, target| target.to_vec())?;
        for (link, target) in links.iter().zip(&targets) {
            must_stay_inside(link, target)?;
        }
        fs::create_dir_all(directory).map_err(io("making the directory", directory))?;
        if let Some(found) = fs::read_dir(directory).map_err(io("listing", directory))?.next() {
            let path = found.map_or_else(|_| directory.to_owned(), |f| f.path());
            return Err(io("writing beside", &path)(std::io::ErrorKind::DirectoryNotEmpty.into()));
        }
        let mut out = Exported { files: links.len(), ..Exported::default() };
        make_directories(directory, files.iter().chain(&links))?;
        let written = self.map_blobs(&files, |entry, bytes| write(directory, entry, bytes))?;
        for (entry, written) in files.iter().zip(written) {
            written?;
            match entry.mode {
                Mode::Submodule => out.submodules.push((entry.path.clone(), entry.id)),
                _ => out.files += 1,
            }
        }
        // Links come last, so that no file is written through one.
        for (link, target) in links.iter().zip(&targets) {
            let path = link.path.below(directory);
            symlink(OsStr::from_bytes(target), &path).map_err(io("making the link", &path))?;
        }
        out.bytes = total_bytes(directory, &files)?;
        Ok(out)
    }
}

/// A damaged tree may hold one name twice, or a file where it also has a directory.
fn must_be_disjoint(entries: &[Entry]) -> Result<(), Error> {
    let mut paths = BTreeSet::new();
    for entry in entries {
        if !paths.insert(entry.path.as_bytes()) {
            return Err(Error::UnsafePath { path: entry.path.clone(), why: "the tree has it twice" });
        }
    }
    for entry in entries {
        let path = entry.path.as_bytes();
        let parents = path.iter().enumerate().filter(|(_, b)| **b == b'/').filter_map(|(i, _)| path.get(..i));
        if parents.into_iter().any(|parent| paths.contains(parent)) {
            return Err(Error::UnsafePath { path: entry.path.clone(), why: "the tree has a file above it" });
        }
    }
    Ok(())
}

fn must_stay_inside(link: &Entry, target: &[u8]) -> Result<(), Error> {
    let refuse = |why| Err(Error::UnsafePath { path: link.path.clone(), why });
    if target.is_empty() || target.contains(&0) {
        return refuse("it is a link to no file name");
    }
    if target.starts_with(b"/") {
        return refuse("it is a link to an absolute path");
    }
    // The directories above a link are real ones, so that `..` at the start of its target is exact. Behind a name it
    // is not: the name may itself be a link.
    let mut above = link.path.as_bytes().iter().filter(|b| **b == b'/').count();
    let mut named = false;
    for part in target.split(|b| *b == b'/') {
        match part {
            b".." if named => return refuse("it is a link that goes up again behind a name"),
            b".." if above == 0 => return refuse("it is a link that leads out of the tree"),
            b".." => above -= 1,
            b"" | b"." => {}
            _ => named = true,
        }
    }
    Ok(())
}

fn make_directories<'e>(root: &Path, entries: impl Iterator<Item = &'e Entry>) -> Result<(), Error> {
    let mut made = BTreeSet::new();
    for entry in entries {
        let path = entry.path.below(root);
        let directory = if entry.mode == Mode::Submodule { Some(path.as_path()) } else { path.parent() };
        if let Some(directory) = directory.filter(|d| made.insert(d.to_path_buf())) {
            fs::create_dir_all(directory).map_err(io("making the directory", directory))?;
        }
    }
    Ok(())
}

fn write(root: &Path, entry: &Entry, bytes: &[u8]) -> Result<(), Error> {
    let path = entry.path.below(root);
    let mode = match entry.mode {
        Mode::Submodule | Mode::Symlink => return Ok(()),
        Mode::Executable => 0o755,
        Mode::File => 0o644,
    };
    let open = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path);
    open.and_then(|mut file| std::io::Write::write_all(&mut file, bytes)).map_err(io("writing", &path))
}

fn total_bytes(root: &Path, files: &[Entry]) -> Result<u64, Error> {
    let mut total = 0;
    for entry in files.iter().filter(|e| e.mode != Mode::Submodule) {
        let path = entry.path.below(root);
        total += fs::symlink_metadata(&path).map_err(io("looking at", &path))?.len();
    }
    Ok(total)
}

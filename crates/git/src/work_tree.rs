//! The files of the work tree, as `check` reads them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::{failed, io};
use crate::tree::selects;
use crate::{Error, Mode, RepoPath, Repository};

/// One file of the work tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkTreeFile {
    /// Where it is, below the work tree.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// Whether git's index holds it.
    pub tracked: bool,
}

impl Repository {
    /// The files of the work tree below `under` (empty: all): those that git tracks and that are still there, and
    /// those that it does not track and does not ignore. Sorted by path. On a clean work tree these are the entries of
    /// HEAD, so that [`tree_digest`](crate::tree_digest) over them is that of the commit.
    ///
    /// Submodules are listed where they are checked out; git's ignore files decide, the user's own included.
    pub fn work_tree_files(&self, under: &[&str]) -> Result<Vec<WorkTreeFile>, Error> {
        let root = self.work_tree()?;
        let mut out = Vec::new();
        let tracked = self.tracked_paths()?;
        for (path, submodule) in &tracked {
            if path.danger().is_some() || !selects(under, path.as_bytes()) {
                continue;
            }
            if let Some(mode) = mode_on_disk(&path.below(root), *submodule)? {
                out.push(WorkTreeFile { path: path.clone(), mode, tracked: true });
            }
        }
        let tracked: BTreeSet<&RepoPath> = tracked.iter().map(|(path, _)| path).collect();
        self.untracked(root, root, &tracked, &mut |path, mode| {
            if selects(under, path.as_bytes()) {
                out.push(WorkTreeFile { path, mode, tracked: false });
            }
        })?;
        out.sort();
        Ok(out)
    }

    /// The bytes of a work tree file as git would store them without filters: a link's are its target, a submodule's
    /// the id of the commit that is checked out there.
    pub fn read_work_tree_file(&self, file: &WorkTreeFile) -> Result<Vec<u8>, Error> {
        let path = file.path.below(self.work_tree()?);
        match file.mode {
            Mode::Symlink => Ok(fs::read_link(&path)
                .map_err(io("reading the link", &path))?
                .as_os_str()
                .as_bytes()
                .to_vec()),
            Mode::Submodule => Ok(Repository::open(&path)?.head()?.to_string().into_bytes()),
            Mode::File | Mode::Executable => fs::read(&path).map_err(io("reading", &path)),
        }
    }

    /// Every path of the index, with whether it is a submodule.
    pub(crate) fn tracked_paths(&self) -> Result<Vec<(RepoPath, bool)>, Error> {
        let index = self.inner.index().map_err(failed("reading the index"))?;
        let mut out: Vec<_> =
            index.iter().map(|e| (RepoPath::new(e.path), e.mode & 0o170_000 == 0o160_000)).collect();
        out.sort();
        out.dedup();
        Ok(out)
    }

    /// Calls `found` for each file below `directory` that is neither in `tracked` nor ignored. Nested repositories are
    /// not entered.
    pub(crate) fn untracked(
        &self,
        root: &Path,
        directory: &Path,
        tracked: &BTreeSet<&RepoPath>,
        found: &mut impl FnMut(RepoPath, Mode),
    ) -> Result<(), Error> {
        for entry in fs::read_dir(directory).map_err(io("listing", directory))? {
            let entry = entry.map_err(io("listing", directory))?;
            let path = entry.path();
            if entry.file_name() == ".git" {
                continue;
            }
            let Ok(relative) = path.strip_prefix(root) else { continue };
            let name = RepoPath::new(relative.as_os_str().as_bytes());
            if tracked.contains(&name) {
                continue;
            }
            let kind = entry.file_type().map_err(io("looking at", &path))?;
            if kind.is_dir() {
                let mut inside = name.as_bytes().to_vec();
                inside.push(b'/');
                let inside = RepoPath::new(inside);
                let next = tracked.range::<&RepoPath, _>(&inside..).next();
                let has_tracked = next.is_some_and(|p| p.as_bytes().starts_with(inside.as_bytes()));
                let skipped = !has_tracked && (path.join(".git").exists() || self.ignored(relative, true));
                if !skipped {
                    self.untracked(root, &path, tracked, found)?;
                }
            } else if let Some(mode) = mode_on_disk(&path, false)?
                && !self.ignored(relative, false)
            {
                found(name, mode);
            }
        }
        Ok(())
    }

    /// Whether git's ignore rules leave the path out. Rules that cannot be read leave nothing out.
    fn ignored(&self, relative: &Path, directory: bool) -> bool {
        // libgit2 tells a directory from a file by the slash at its end.
        let path = if directory { relative.join("") } else { relative.to_owned() };
        self.inner.is_path_ignored(path).unwrap_or(false)
    }
}

/// What is on disk at `path`, links not followed: `None` for nothing, a directory that is no submodule, a socket, ….
pub(crate) fn mode_on_disk(path: &Path, submodule: bool) -> Result<Option<Mode>, Error> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(io("looking at", path)(e)),
    };
    let kind = metadata.file_type();
    Ok(if kind.is_symlink() {
        Some(Mode::Symlink)
    } else if kind.is_file() && metadata.permissions().mode() & 0o100 != 0 {
        Some(Mode::Executable)
    } else if kind.is_file() {
        Some(Mode::File)
    } else if kind.is_dir() && submodule && path.join(".git").exists() {
        Some(Mode::Submodule)
    } else {
        None
    })
}

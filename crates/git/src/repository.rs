//! Finding and opening a repository, and naming commits.

use std::path::{Path, PathBuf};

use git2::ErrorCode;

use crate::error::failed;
use crate::{Error, ObjectId};

/// A git repository, opened for reading.
pub struct Repository {
    pub(crate) inner: git2::Repository,
}

impl Repository {
    /// Opens the repository whose work tree (or, if bare, whose directory) is exactly `path`.
    pub fn open(path: &Path) -> Result<Repository, Error> {
        let none: [&Path; 0] = [];
        Repository::open_with(path, git2::RepositoryOpenFlags::NO_SEARCH, &none)
    }

    /// Opens the repository that `path` lies in, looking upwards.
    pub fn discover(path: &Path) -> Result<Repository, Error> {
        let none: [&Path; 0] = [];
        Repository::open_with(path, git2::RepositoryOpenFlags::empty(), &none)
    }

    fn open_with(path: &Path, flags: git2::RepositoryOpenFlags, ceilings: &[&Path]) -> Result<Self, Error> {
        match git2::Repository::open_ext(path, flags, ceilings) {
            Ok(inner) => Ok(Repository { inner }),
            Err(e) if e.code() == ErrorCode::NotFound => Err(Error::NoRepository(path.to_owned())),
            Err(e) if e.code() == ErrorCode::Owner => Err(Error::ForeignOwner(path.to_owned())),
            Err(source) => Err(Error::Corrupted {
                what: format!("the git repository at {} cannot be opened", path.display()),
                source,
            }),
        }
    }

    /// Another handle to the same repository, for another thread.
    pub(crate) fn reopen(&self) -> Result<Repository, Error> {
        let none: [&Path; 0] = [];
        Repository::open_with(self.inner.path(), git2::RepositoryOpenFlags::NO_SEARCH, &none)
    }

    /// Where the repository is, for messages: its work tree, or its own directory if it is bare.
    pub fn place(&self) -> &Path {
        self.inner.workdir().unwrap_or_else(|| self.inner.path())
    }

    /// The directory of the work tree. Bare repositories have none.
    pub fn work_tree(&self) -> Result<&Path, Error> {
        self.inner.workdir().ok_or_else(|| Error::Bare(self.inner.path().to_owned()))
    }

    /// The commit that HEAD names. A repository without commits and a branch without commits are told apart.
    pub fn head(&self) -> Result<ObjectId, Error> {
        match self.inner.head() {
            Ok(head) => self.commit_of(head.peel(git2::ObjectType::Commit), "HEAD"),
            Err(e) if e.code() == ErrorCode::UnbornBranch => Err(self.unborn()),
            Err(source) => Err(Error::Corrupted { what: "HEAD cannot be read".to_owned(), source }),
        }
    }

    /// The name of the checked-out branch, or `None` when HEAD is detached.
    pub fn branch(&self) -> Option<String> {
        let head = self.inner.find_reference("HEAD").ok()?;
        let target = head.symbolic_target_bytes()?;
        Some(String::from_utf8_lossy(target.strip_prefix(b"refs/heads/").unwrap_or(target)).into_owned())
    }

    fn unborn(&self) -> Error {
        let path = self.place().to_owned();
        let empty = self.inner.references().map_or(true, |mut all| all.next().is_none());
        if empty {
            return Error::NoCommits(path);
        }
        Error::UnbornHead { path, branch: self.branch().unwrap_or_default() }
    }

    /// The commit that `rev` names: a branch, a tag (annotated or not), a full or short id, `HEAD~2`, … An annotated
    /// tag is followed to its commit.
    pub fn resolve(&self, rev: &str) -> Result<ObjectId, Error> {
        if rev == "HEAD" {
            return self.head();
        }
        match self.inner.revparse_single(rev) {
            Ok(object) => self.commit_of(object.peel(git2::ObjectType::Commit), rev),
            Err(e) if e.code() == ErrorCode::Ambiguous => Err(Error::AmbiguousRevision(rev.to_owned())),
            Err(source) => Err(Error::UnknownRevision { rev: rev.to_owned(), source }),
        }
    }

    fn commit_of(&self, peeled: Result<git2::Object<'_>, git2::Error>, rev: &str) -> Result<ObjectId, Error> {
        match peeled {
            Ok(commit) => Ok(ObjectId(commit.id())),
            Err(e) if e.code() == ErrorCode::Peel || e.code() == ErrorCode::InvalidSpec => {
                Err(Error::NotACommit(rev.to_owned()))
            }
            Err(source) => Err(Error::Corrupted { what: format!("`{rev}` cannot be followed"), source }),
        }
    }

    /// Whether `ancestor` is `commit` or one of its ancestors.
    pub fn is_ancestor(&self, ancestor: ObjectId, commit: ObjectId) -> Result<bool, Error> {
        if ancestor == commit {
            return Ok(true);
        }
        self.inner
            .graph_descendant_of(commit.0, ancestor.0)
            .map_err(failed(format!("comparing the history of {commit} and {ancestor}")))
    }

    /// Fails for shallow clones, whose history ends too early.
    pub(crate) fn must_be_whole(&self) -> Result<(), Error> {
        if self.inner.is_shallow() { Err(Error::Shallow(self.place().to_owned())) } else { Ok(()) }
    }

    /// The local branches with the commits they name, sorted by name. Baselines of several branches start here.
    pub fn branches(&self) -> Result<Vec<(String, ObjectId)>, Error> {
        let mut out = Vec::new();
        let all =
            self.inner.branches(Some(git2::BranchType::Local)).map_err(failed("listing the branches"))?;
        for branch in all {
            let (branch, _) = branch.map_err(failed("listing the branches"))?;
            let name = branch.name_bytes().map(|n| String::from_utf8_lossy(n).into_owned());
            let name = name.map_err(failed("reading a branch's name"))?;
            let commit = self.commit_of(branch.get().peel(git2::ObjectType::Commit), &name)?;
            out.push((name, commit));
        }
        out.sort();
        Ok(out)
    }

    /// The repository's own directory (`.git`).
    pub fn git_dir(&self) -> PathBuf {
        self.inner.path().to_owned()
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repository({})", self.place().display())
    }
}

//! What can go wrong while reading a repository.

use std::path::{Path, PathBuf};

use crate::{ObjectId, RepoPath};

/// A repository could not be read as asked. Each variant says which repository, revision, object or path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no git repository at, or (for discovery) above, this directory.
    #[error("{} is not in a git repository; `git init` makes one", .0.display())]
    NoRepository(PathBuf),
    /// The repository's directory belongs to another user, so that its configuration is not trusted.
    #[error("the git repository at {} belongs to another user; change its owner, or name it in git's `safe.directory`", .0.display())]
    ForeignOwner(PathBuf),
    /// The repository has no commit at all.
    #[error("the git repository at {} has no commits yet", .0.display())]
    NoCommits(PathBuf),
    /// HEAD names a branch without commits, though other branches have some.
    #[error("HEAD of the git repository at {} is on branch `{branch}`, which has no commits yet", path.display())]
    UnbornHead {
        /// The repository.
        path: PathBuf,
        /// The branch that HEAD names, as written there.
        branch: String,
    },
    /// The work tree was asked for, but the repository is bare.
    #[error("the git repository at {} is bare: it has no work tree, name a revision", .0.display())]
    Bare(PathBuf),
    /// The history is cut off (a shallow clone), so that it can be neither walked nor bundled whole.
    #[error("the git repository at {} is a shallow clone; `git fetch --unshallow` gets the rest of its history", .0.display())]
    Shallow(PathBuf),
    /// No commit has this name.
    #[error("`{rev}` names no commit")]
    UnknownRevision {
        /// The revision as it was given.
        rev: String,
        /// libgit2's reason.
        source: git2::Error,
    },
    /// A short id that fits several objects.
    #[error("`{0}` is short for more than one object; give more of its digits")]
    AmbiguousRevision(String),
    /// The revision is there but names a tree or a blob.
    #[error("`{0}` names something that is not a commit")]
    NotACommit(String),
    /// No tag has this name.
    #[error("there is no tag `{0}`")]
    UnknownTag(String),
    /// An object is missing or does not hold what it should.
    #[error("the repository is damaged: {what}")]
    Corrupted {
        /// What was being read, with its id.
        what: String,
        /// libgit2's reason.
        source: git2::Error,
    },
    /// A path or link of a tree would leave the directory it belongs to, or reach into `.git`.
    #[error("the path `{path}` is refused: {why}")]
    UnsafePath {
        /// The path in the tree.
        path: RepoPath,
        /// Why.
        why: &'static str,
    },
    /// The tree holds more than this reader is willing to read.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// A bundle is not one, is cut short, or needs commits that it does not hold.
    #[error("the git bundle cannot be read: {0}")]
    Bundle(String),
    /// A reference name that git does not allow.
    #[error("`{0}` is no valid reference name (such as `refs/tags/v1.0`)")]
    ReferenceName(String),
    /// A file pattern that cannot be read.
    #[error("the pattern `{pattern}` cannot be read")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong in it.
        source: globset::Error,
    },
    /// Reading or writing a file failed.
    #[error("{doing} {}", path.display())]
    Io {
        /// The verb, such as "reading".
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// libgit2 failed for another reason.
    #[error("{doing}")]
    Git {
        /// What was being done.
        doing: String,
        /// libgit2's reason.
        source: git2::Error,
    },
}

/// For `map_err`: the object `id` (a `what`, such as "tree") is missing or broken.
pub(crate) fn corrupted(what: &str, id: ObjectId) -> impl FnOnce(git2::Error) -> Error {
    let what = format!("{what} {id} cannot be read");
    move |source| Error::Corrupted { what, source }
}

/// For `map_err`: doing something failed inside libgit2.
pub(crate) fn failed(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> Error {
    let doing = doing.into();
    move |source| Error::Git { doing, source }
}

/// For `map_err`: a file operation failed.
pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { doing, path, source }
}

//! The product's git repository as use cases see it.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use git::{ObjectId, Repository};

/// Opens the repository that the product lies in.
///
/// # Errors
/// When there is none.
pub(crate) fn open(ws: &Workspace) -> Result<Repository> {
    Repository::discover(&ws.root).map_err(|e| {
        Error::refused(format!("{} is not in a git repository", ws.root.display()))
            .because(e)
            .hint("controlled documents live in git: git init && git add dossier.toml dossier && git commit")
    })
}

/// The full id of the commit that a revision names.
///
/// # Errors
/// When it names none.
pub(crate) fn resolve(repository: &Repository, revision: &str) -> Result<String> {
    Ok(commit(repository, revision)?.to_string())
}

/// The commit that a revision names.
///
/// # Errors
/// When it names none.
pub(crate) fn commit(repository: &Repository, revision: &str) -> Result<ObjectId> {
    repository.resolve(revision).map_err(|e| {
        Error::refused(format!("`{revision}` names no commit of this repository"))
            .because(e)
            .hint("look at `git log --oneline` or `git tag`")
    })
}

/// Refuses to go on while files differ from the commit: what is frozen has to be what one sees.
///
/// # Errors
/// When the work tree is dirty.
pub(crate) fn clean(repository: &Repository) -> Result<()> {
    let dirty = repository.status().doing("compare the work tree with the commit")?;
    let Some(first) = dirty.first() else { return Ok(()) };
    let more = if dirty.len() > 1 { format!(" and {} more", dirty.len() - 1) } else { String::new() };
    Err(Error::refused(format!("the work tree is dirty: {}{more}", first.path.to_text()))
        .hint("commit or stash the changes, or name the commit to freeze with `--commit REV`"))
}

/// The committer's time of a commit: shown and used for reproducible time stamps, never relied on for order.
pub(crate) fn commit_time(ws: &Workspace, commit: Option<ObjectId>) -> Result<vocabulary::Instant> {
    let Some(commit) = commit else { return Ok(vocabulary::Instant::from_millis(0)) };
    let commit = open(ws)?.commit(commit).doing("read the commit")?;
    Ok(vocabulary::Instant::from_millis(commit.committer.seconds.saturating_mul(1000)))
}

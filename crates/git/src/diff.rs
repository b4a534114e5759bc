//! Which paths two commits differ in.

use crate::error::{corrupted, failed};
use crate::{Error, ObjectId, RepoPath, Repository};

/// How a path changed between two commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Only the second commit has it.
    Added,
    /// Only the first commit has it.
    Deleted,
    /// Other bytes.
    Modified,
    /// Same bytes, another mode; or a file that became a link or a submodule.
    ModeChanged,
}

/// One path in which two commits differ. A renamed file is one deleted and one added path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathChange {
    /// The path.
    pub path: RepoPath,
    /// How it changed.
    pub kind: ChangeKind,
    /// The blob before, unless added.
    pub old: Option<ObjectId>,
    /// The blob after, unless deleted.
    pub new: Option<ObjectId>,
}

impl Repository {
    /// The paths in which `new` differs from `old`, sorted; equal subtrees are not read.
    pub fn diff(&self, old: ObjectId, new: ObjectId) -> Result<Vec<PathChange>, Error> {
        let tree = |id: ObjectId| {
            self.inner.find_commit(id.0).and_then(|c| c.tree()).map_err(corrupted("commit", id))
        };
        self.diff_trees(Some(&tree(old)?), &tree(new)?)
    }

    /// The paths that `commit` changed against its first parent; for a first commit, all its paths.
    pub fn changed_paths(&self, commit: ObjectId) -> Result<Vec<PathChange>, Error> {
        let found = self.inner.find_commit(commit.0).map_err(corrupted("commit", commit))?;
        let parent = match found.parent_id(0) {
            Ok(parent) => {
                let tree = self.inner.find_commit(parent).and_then(|c| c.tree());
                Some(tree.map_err(corrupted("commit", ObjectId(parent)))?)
            }
            Err(_) => None,
        };
        let tree = found.tree().map_err(corrupted("tree of commit", commit))?;
        self.diff_trees(parent.as_ref(), &tree)
    }

    /// The id of the patch of `commit` against its only parent, as `git patch-id --stable` computes it: a commit keeps it
    /// through a rebase. Merges, first commits and commits without a change have none.
    pub fn patch_id(&self, commit: ObjectId) -> Result<Option<ObjectId>, Error> {
        let found = self.inner.find_commit(commit.0).map_err(corrupted("commit", commit))?;
        if found.parent_count() != 1 {
            return Ok(None);
        }
        let doing = || format!("comparing {commit} with its parent");
        let old = found.parent(0).and_then(|p| p.tree()).map_err(failed(doing()))?;
        let new = found.tree().map_err(corrupted("tree of commit", commit))?;
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true);
        let diff = self.inner.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options));
        let diff = diff.map_err(failed(doing()))?;
        if diff.deltas().len() == 0 {
            return Ok(None);
        }
        diff.patchid(None).map(|id| Some(ObjectId(id))).map_err(failed(doing()))
    }

    fn diff_trees(
        &self,
        old: Option<&git2::Tree<'_>>,
        new: &git2::Tree<'_>,
    ) -> Result<Vec<PathChange>, Error> {
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).ignore_submodules(false);
        let diff = self.inner.diff_tree_to_tree(old, Some(new), Some(&mut options));
        let diff = diff.map_err(failed(format!("comparing the tree {}", new.id())))?;
        let mut out: Vec<_> = diff.deltas().filter_map(|delta| change(&delta)).collect();
        out.sort();
        Ok(out)
    }
}

fn change(delta: &git2::DiffDelta<'_>) -> Option<PathChange> {
    let (old, new) = (delta.old_file(), delta.new_file());
    let kind = match delta.status() {
        git2::Delta::Added => ChangeKind::Added,
        git2::Delta::Deleted => ChangeKind::Deleted,
        git2::Delta::Modified if old.id() == new.id() => ChangeKind::ModeChanged,
        git2::Delta::Modified => ChangeKind::Modified,
        git2::Delta::Typechange => ChangeKind::ModeChanged,
        _ => return None,
    };
    let path = if kind == ChangeKind::Deleted { old.path_bytes() } else { new.path_bytes() };
    Some(PathChange {
        path: RepoPath::new(path?),
        kind,
        old: (kind != ChangeKind::Added).then(|| ObjectId(old.id())),
        new: (kind != ChangeKind::Deleted).then(|| ObjectId(new.id())),
    })
}

//! Commits as the ledger first sees them: on a push, a fetch, in CI, at the latest when a release is opened.
//!
//! The time of a commit is the time of that entry; what the author wrote into it is shown and never relied on.

use crate::error::{Doing as _, Result};
use crate::workspace::{Appended, Workspace};
use git::{ObjectId, Repository};
use ledger::Draft;
use records::{CommitSee, ObservedCommit, State};

/// Commits in one entry: an entry holds 65 535 bytes, and a commit with its patch about 115.
const PER_ENTRY: usize = 400;

/// How commits come to be seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight<'a> {
    /// The branch, tag or step through which they are seen.
    pub reference: &'a str,
    /// Whether it is the opening of a release, so that their order against approvals is not provable.
    pub at_release: bool,
}

/// Drafts for all commits up to `head` that were never observed, oldest first. Patches are taken from the last baseline on:
/// what was released before needs no link to a change any more.
pub(crate) fn unseen(
    ws: &Workspace,
    repository: &Repository,
    state: &State,
    head: ObjectId,
    sight: &Sight<'_>,
    actor: &str,
) -> Result<Vec<Draft>> {
    let mut ids = repository.log_ids(None, head).doing("read the history")?;
    ids.reverse();
    ids.retain(|id| !state.observed.contains_key(&id.to_string()));
    let since = crate::histories::last_baseline(state, None).and_then(|(_, c)| repository.resolve(&c).ok());
    let mut seen = Vec::with_capacity(ids.len());
    for id in ids {
        let patch = match since {
            Some(_) => repository.patch_id(id).doing("take the id of a patch")?,
            None => None,
        };
        let patch = patch.map(|p| p.to_string()).unwrap_or_default();
        seen.push(ObservedCommit { commit: id.to_string(), patch });
    }
    let at = ws.at(state);
    let entry = |part: &[ObservedCommit]| {
        let body = CommitSee {
            commits: part.to_vec(),
            reference: sight.reference.to_owned(),
            at_release: sight.at_release,
        };
        at.process(actor, &body)
    };
    seen.chunks(PER_ENTRY).map(entry).collect()
}

/// How many commits were observed for the first time.
#[derive(Debug)]
pub struct Observed {
    /// How many.
    pub commits: usize,
    /// The entries, where there was something to record.
    pub appended: Option<Appended>,
}

/// Records the commits up to `revision` that the ledger has not seen yet: for hooks and CI, after each push.
///
/// # Errors
/// When the revision names no commit.
pub fn change_observe(ws: &Workspace, actor: &str, revision: &str) -> Result<Observed> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let repository = crate::repository::open(ws)?;
    let head = crate::repository::commit(&repository, revision)?;
    let sight = Sight { reference: revision, at_release: false };
    let drafts = unseen(ws, &repository, &state, head, &sight, actor)?;
    if drafts.is_empty() {
        return Ok(Observed { commits: 0, appended: None });
    }
    let count = |d: &Draft| d.body.get("commits").and_then(|c| c.as_array()).map_or(0, Vec::len);
    let commits = drafts.iter().map(count).sum();
    Ok(Observed { commits, appended: Some(ws.append(&ledger, &state, &drafts)?) })
}

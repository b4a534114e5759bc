//! Change requests: requested, analysed, approved before anyone implements, implemented by commits, the right tests run
//! again, verified, closed (62304:6.2, 6.3, 7.4, 8.2). Lists and impact have files of their own.

mod impact;
mod list;

pub(crate) use impact::impact_of;
pub use impact::{FileReach, ImpactView, change_impact, impact_between};
pub use list::{ChangeRow, CommitRow, change_commits, change_list, change_show};

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::Change;
use records::{
    ChangeAnalyse, ChangeApprove, ChangeClose, ChangeImplement, ChangeOpen, ChangeReanalyse, ChangeRegress,
    ChangeVerify, CommitSee, JudgedItem, ObservedCommit, Reanalysis, State,
};
use vocabulary::ItemId;

/// Requests a change.
///
/// # Errors
/// When the id was used before, title or reason are empty, or an item is named that is in no document.
pub fn change_open(ws: &Workspace, actor: &str, body: &ChangeOpen) -> Result<Appended> {
    crate::anomalies::items_exist(ws, &body.affects)?;
    ws.record(actor, body)
}

/// Records the analysis of a change's effects.
///
/// # Errors
/// When a part is empty: "no effect" is an answer, nothing is none. When a step to repeat is no clause of 5, or an item is in no
/// document.
pub fn change_analyse(ws: &Workspace, actor: &str, body: &ChangeAnalyse) -> Result<Appended> {
    crate::anomalies::items_exist(ws, &body.affects)?;
    ws.record(actor, body)
}

/// Approves a change request.
///
/// # Errors
/// When there is none of that id, or it is closed.
pub fn change_approve(ws: &Workspace, actor: &Actor, body: &ChangeApprove) -> Result<Appended> {
    ws.record_act(actor, "I approve this change before it is implemented", body)
}

/// Names the commits that implement a change.
///
/// # Errors
/// When the change is not approved, or a revision is not in the repository.
pub fn change_implement(ws: &Workspace, actor: &str, body: &ChangeImplement) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let repository = crate::repository::open(ws)?;
    let mut commits = Vec::new();
    let mut unseen = Vec::new();
    for revision in &body.commits {
        let id = crate::repository::commit(&repository, revision)?;
        if !state.observed.contains_key(&id.to_string()) {
            let patch = repository.patch_id(id).doing("take the id of a patch")?;
            let patch = patch.map(|p| p.to_string()).unwrap_or_default();
            unseen.push(ObservedCommit { commit: id.to_string(), patch });
        }
        commits.push(id.to_string());
    }
    let mut drafts = Vec::new();
    let at = ws.at(&state);
    if !unseen.is_empty() {
        let reference = format!("change implement {}", body.change);
        drafts.push(at.process(actor, &CommitSee { commits: unseen, reference, at_release: false })?);
    }
    drafts.push(at.process(actor, &ChangeImplement { change: body.change.clone(), commits })?);
    ws.append(&ledger, &state, &drafts)
}

/// Selects the tests that are run again after a change. What the impact analysis names and is not selected is recorded as
/// left out, so that the reason has to answer for it.
///
/// # Errors
/// When a test case does not exist, or no reason is given.
pub fn change_regress(
    ws: &Workspace,
    actor: &Actor,
    change: &str,
    tests: &[ItemId],
    reason: &str,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = Analysis::of_work_tree(ws)?;
    for id in tests {
        if analysis.model.by_id(id.as_str()).is_none_or(|i| i.kind != model::Kind::TestCase) {
            return Err(Error::refused(format!("`{id}` is no test case"))
                .hint("list them with `dossier trace items --kind test-case`"));
        }
    }
    let named = impact_of(ws, &analysis, change)?.tests;
    let left_out = named.iter().filter_map(|t| t.parse().ok()).filter(|t| !tests.contains(t)).collect();
    let body = ChangeRegress {
        change: change.to_owned(),
        tests: tests.to_vec(),
        left_out,
        reason: reason.to_owned(),
    };
    ws.act_on(&ledger, &state, actor, "these tests suffice to show that the change broke nothing", &body)
}

/// Records that risk was analysed again for a change that touches a verified control. The controls that the impact analysis
/// names are bound by their present text.
///
/// # Errors
/// When the change touches no verified control and none is named, or a control does not exist.
pub fn change_reanalyse(
    ws: &Workspace,
    actor: &Actor,
    change: &str,
    outcome: Reanalysis,
    controls: &[ItemId],
    rationale: &str,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = Analysis::of_work_tree(ws)?;
    let mut ids: Vec<ItemId> = controls.to_vec();
    let named = impact_of(ws, &analysis, change)?.verified_controls;
    ids.extend(named.iter().filter_map(|c| c.parse().ok()));
    ids.sort();
    ids.dedup();
    let judged = |id: ItemId| {
        let digest = analysis.item_digest(&id).ok_or_else(|| {
            Error::refused(format!("there is no item `{id}`"))
                .hint("list controls with `dossier trace items --kind risk-control`")
        })?;
        Ok(JudgedItem { item: id, digest })
    };
    let judged = ids.into_iter().map(judged).collect::<Result<Vec<_>>>()?;
    let body =
        ChangeReanalyse { change: change.to_owned(), outcome, judged, rationale: rationale.to_owned() };
    ws.act_on(&ledger, &state, actor, "I have analysed the risk of this change again", &body)
}

/// Verifies a change.
///
/// # Errors
/// When nothing implements it yet.
pub fn change_verify(ws: &Workspace, actor: &Actor, body: &ChangeVerify) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if existing(&state, &body.change)?.implementations.is_empty() && !tied(ws, &body.change)? {
        return Err(Error::refused(format!("nothing implements `{}` yet", body.change))
            .hint(format!("commits say it with a trailer `Change: {}`; or name them: dossier change implement {0} --commits …", body.change)));
    }
    ws.act_on(&ledger, &state, actor, "I have verified this change", body)
}

/// Closes a change request.
///
/// # Errors
/// When it is closed, or is to be closed as done without having been verified.
pub fn change_close(ws: &Workspace, actor: &str, body: &ChangeClose) -> Result<Appended> {
    ws.record(actor, body)
}

/// The change request of this id.
pub(crate) fn existing<'a>(state: &'a State, id: &str) -> Result<&'a Change> {
    state.changes.get(id).ok_or_else(|| {
        Error::refused(format!("there is no change request `{id}`"))
            .hint("list them with `dossier change list`")
    })
}

/// Whether a commit since the last baseline is tied to the change without a record.
fn tied(ws: &Workspace, change: &str) -> Result<bool> {
    // It decides on an entry, so the ledger is folded.
    let analysis = Analysis::of_work_tree(ws)?;
    Ok(list::commits_of(ws, &analysis)?.iter().any(|c| c.changes.contains_key(change)))
}

//! Change requests: requested, approved before anyone implements, implemented by commits, verified, closed (62304:8.2).

use crate::act::Actor;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::state::Change;
use records::{ChangeApprove, ChangeClose, ChangeImplement, ChangeOpen, ChangeVerify, State};
use serde::Serialize;

/// Requests a change.
///
/// # Errors
/// When the id was used before, or title or reason are empty.
pub fn change_open(ws: &Workspace, actor: &str, body: &ChangeOpen) -> Result<Appended> {
    identifier("the id of a change request", &body.change)?;
    said("a title", &body.title)?;
    said("a reason", &body.reason)?;
    ws.record(actor, body)
}

/// Approves a change request.
///
/// # Errors
/// When there is none of that id, or it is closed.
pub fn change_approve(ws: &Workspace, actor: &Actor, body: &ChangeApprove) -> Result<Appended> {
    said("the grounds", &body.reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    open_change(&state, &body.change)?;
    ws.act_on(&ledger, &state, actor, "I approve this change before it is implemented", body)
}

/// Names the commits that implement a change.
///
/// # Errors
/// When the change is not approved, or a revision is not in the repository.
pub fn change_implement(ws: &Workspace, actor: &str, body: &ChangeImplement) -> Result<Appended> {
    let state = ws.ledger()?.state(None)?;
    if open_change(&state, &body.change)?.approvals.is_empty() {
        return Err(Error::refused(format!("`{}` is not approved", body.change)).hint(format!(
            "items change only on an approved request (62304:8.2.1): dossier change approve {}",
            body.change
        )));
    }
    let repository = crate::repository::open(ws)?;
    let mut commits = Vec::new();
    for revision in &body.commits {
        commits.push(crate::repository::resolve(&repository, revision)?);
    }
    ws.record(actor, &ChangeImplement { change: body.change.clone(), commits })
}

/// Verifies a change.
///
/// # Errors
/// When nothing implements it yet.
pub fn change_verify(ws: &Workspace, actor: &Actor, body: &ChangeVerify) -> Result<Appended> {
    said("the evidence", &body.evidence)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if open_change(&state, &body.change)?.implementations.is_empty() {
        return Err(Error::refused(format!("nothing implements `{}` yet", body.change))
            .hint(format!("name the commits: dossier change implement {} --commits …", body.change)));
    }
    ws.act_on(&ledger, &state, actor, "I have verified this change", body)
}

/// Closes a change request.
///
/// # Errors
/// When it is closed, or is to be closed as done without having been verified.
pub fn change_close(ws: &Workspace, actor: &str, body: &ChangeClose) -> Result<Appended> {
    said("a reason", &body.reason)?;
    let state = ws.ledger()?.state(None)?;
    if open_change(&state, &body.change)?.verifications.is_empty() && body.done {
        return Err(Error::refused(format!("`{}` is not verified, so it is not done", body.change))
            .hint("verify it first, or close it with `--not-done`"));
    }
    ws.record(actor, body)
}

fn open_change<'a>(state: &'a State, id: &str) -> Result<&'a Change> {
    let change = state.changes.get(id).ok_or_else(|| {
        Error::refused(format!("there is no change request `{id}`"))
            .hint("list them with `dossier change list`")
    })?;
    if change.closed.is_some() {
        return Err(
            Error::refused(format!("`{id}` is closed")).hint("open another one for what is left to do")
        );
    }
    Ok(change)
}

/// A change request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// The id.
    pub change: String,
    /// `requested`, `approved`, `implemented`, `verified`, `closed`.
    pub state: String,
    /// One line.
    pub title: String,
    /// Commits that implement it.
    pub commits: Vec<String>,
}

/// All change requests.
///
/// # Errors
/// When the ledger cannot be read.
pub fn change_list(ws: &Workspace) -> Result<Vec<ChangeRow>> {
    let state = ws.ledger()?.state(None)?;
    Ok(state.changes.iter().map(|(id, c)| row(id, c)).collect())
}

fn row(id: &str, c: &Change) -> ChangeRow {
    let steps = [
        (c.closed.is_some(), "closed"),
        (!c.verifications.is_empty(), "verified"),
        (!c.implementations.is_empty(), "implemented"),
        (!c.approvals.is_empty(), "approved"),
    ];
    ChangeRow {
        change: id.to_owned(),
        state: steps.iter().find(|(reached, _)| *reached).map_or("requested", |(_, s)| s).to_owned(),
        title: c.opened.body.title.clone(),
        commits: c.implementations.iter().flat_map(|i| i.body.commits.clone()).collect(),
    }
}

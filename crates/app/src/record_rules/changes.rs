//! Rules of change requests (62304:6.2, 6.3, 7.4, 8.2): their order, and that nothing happens after the end.

use super::Cx;
use crate::changes::existing;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use records::state::Change;
use records::*;

fn open_change<'a>(cx: &Cx<'a>, id: &str) -> Result<&'a Change> {
    let change = existing(cx.state, id)?;
    if change.closed.is_some() {
        return Err(
            Error::refused(format!("`{id}` is closed")).hint("open another one for what is left to do")
        );
    }
    Ok(change)
}

pub(super) fn open(_: &Cx<'_>, body: &ChangeOpen) -> Result<()> {
    identifier("the id of a change request", &body.change)?;
    said("a title", &body.title)?;
    said("a reason", &body.reason)
}

pub(super) fn analyse(cx: &Cx<'_>, body: &ChangeAnalyse) -> Result<()> {
    said("the effect on the organisation", &body.organisation)?;
    said("the effect on released software", &body.software)?;
    said("the effect on interfacing systems", &body.interfaces)?;
    said("the effect on safety", &body.safety)?;
    said("the assessment of security", &body.security)?;
    said("whether the safety class still holds", &body.class_check)?;
    if body.repeats.is_empty() {
        return Err(Error::refused("no step of clause 5 is named").hint(
            "say where the change enters again: `--repeats 5.2,5.5,5.7`; at the least 5.7 and 5.8 are repeated",
        ));
    }
    for step in &body.repeats {
        let clause = format!("62304:{step}");
        let known = step.starts_with("5.")
            && clauses::edition(clauses::DEFAULT_EDITION).is_some_and(|e| {
                e.clauses
                    .iter()
                    .any(|c| c.in_force && (c.id == clause || c.id.starts_with(&format!("{clause}."))))
            });
        if !known {
            return Err(Error::refused(format!("`{step}` is no step of clause 5"))
                .hint("steps are clauses of the edition: 5.2, 5.3.1, 5.7; see `dossier clauses list`"));
        }
    }
    open_change(cx, &body.change).map(|_| ())
}

pub(super) fn approve(cx: &Cx<'_>, body: &ChangeApprove) -> Result<()> {
    said("the grounds", &body.reason)?;
    open_change(cx, &body.change).map(|_| ())
}

pub(super) fn implement(cx: &Cx<'_>, body: &ChangeImplement) -> Result<()> {
    if open_change(cx, &body.change)?.approvals.is_empty() {
        return Err(Error::refused(format!("`{}` is not approved", body.change)).hint(format!(
            "items change only on an approved request (62304:8.2.1): dossier change approve {}",
            body.change
        )));
    }
    if body.commits.is_empty() {
        return Err(Error::refused("no commit is named"));
    }
    match body.commits.iter().find(|c| !cx.state.observed.contains_key(*c)) {
        Some(unseen) => Err(Error::refused(format!("commit `{unseen}` was never observed by the ledger"))
            .hint("the record of its observation goes before, or with it")),
        None => Ok(()),
    }
}

pub(super) fn regress(cx: &Cx<'_>, body: &ChangeRegress) -> Result<()> {
    said("the reason for this selection", &body.reason)?;
    open_change(cx, &body.change).map(|_| ())
}

pub(super) fn reanalyse(cx: &Cx<'_>, body: &ChangeReanalyse) -> Result<()> {
    said("a rationale", &body.rationale)?;
    if body.judged.is_empty() {
        return Err(Error::refused(format!("`{}` touches no verified risk control", body.change))
            .hint("name the controls that were looked at with `--controls RC-1,RC-2`"));
    }
    open_change(cx, &body.change).map(|_| ())
}

pub(super) fn verify(cx: &Cx<'_>, body: &ChangeVerify) -> Result<()> {
    said("the evidence", &body.evidence)?;
    open_change(cx, &body.change).map(|_| ())
}

pub(super) fn close(cx: &Cx<'_>, body: &ChangeClose) -> Result<()> {
    said("a reason", &body.reason)?;
    if open_change(cx, &body.change)?.verifications.is_empty() && body.done {
        return Err(Error::refused(format!("`{}` is not verified, so it is not done", body.change))
            .hint("verify it first, or close it with `--not-done`"));
    }
    Ok(())
}

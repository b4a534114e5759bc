//! Anomalies from report to verified resolution (62304:9). Evaluation per release, judgement against fielded releases, and
//! lists have files of their own.

mod evaluate;
mod fielded;
mod list;
mod unresolved;

pub use evaluate::{Evaluation, anomaly_evaluate};
pub(crate) use fielded::addendum;
pub use fielded::{
    Addendum, AddendumRow, FieldJudgement, FieldedRow, anomaly_addendum, anomaly_fielded, anomaly_judge,
};
pub use list::{AnomalyRow, Asking, SavedView, anomaly_list, anomaly_show, view_list, view_save};
pub(crate) use list::{query_error, question, severity_scale, state_word};
pub use unresolved::{UnresolvedForm, anomaly_unresolved};

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::state::Anomaly;
use records::{
    AMENDABLE, AnomalyAdvise, AnomalyAmend, AnomalyInvestigate, AnomalyReopen, AnomalyReport, AnomalyResolve,
    AnomalyVerify, Disposition, State,
};
use vocabulary::ItemId;

/// Reports an anomaly.
///
/// # Errors
/// When the id was used before or a field that 9.1 needs is empty.
pub fn anomaly_report(ws: &Workspace, actor: &str, report: &AnomalyReport) -> Result<Appended> {
    identifier("the id of an anomaly", &report.anomaly)?;
    said("a title", &report.title)?;
    said("a description", &report.description)?;
    said("how it was found", &report.found)?;
    said("the version in which it was seen", &report.version)?;
    said("a severity", &report.severity)?;
    on_scale(ws, &report.severity)?;
    ws.record(actor, report)
}

/// A firm that states its scale means it; one that states none is not held to ours.
fn on_scale(ws: &Workspace, severity: &str) -> Result<()> {
    let scale = &ws.config.anomalies.severity;
    if scale.is_empty() || scale.iter().any(|s| s.eq_ignore_ascii_case(severity)) {
        return Ok(());
    }
    Err(Error::refused(format!("`{severity}` is not on the scale of severity"))
        .hint(format!("[anomalies] severity in dossier.toml has {}", scale.join(", "))))
}

/// Corrects or completes fields of a report.
///
/// # Errors
/// When there is no such anomaly or field, nothing is changed, or a tracker owns the fields.
pub fn anomaly_amend(ws: &Workspace, actor: &str, body: &AnomalyAmend) -> Result<Appended> {
    said("a reason", &body.reason)?;
    if body.fields.is_empty() && body.affects.is_none() {
        return Err(Error::refused("nothing is to be amended").hint("name a field: `--set severity=major`"));
    }
    if let Some(name) = body.fields.keys().find(|f| !AMENDABLE.contains(&f.as_str())) {
        return Err(Error::refused(format!("`{name}` is no field of a report"))
            .hint(format!("fields: {}", AMENDABLE.join(", "))));
    }
    if let Some(severity) = body.fields.get("severity") {
        on_scale(ws, severity)?;
    }
    let state = ws.ledger()?.state(None)?;
    let anomaly = existing(&state, &body.anomaly)?;
    if let Some(m) = anomaly.mirror().filter(|m| m.body.status != "deleted") {
        return Err(Error::refused(format!("`{}` is mirrored from {}", body.anomaly, m.body.tracker))
            .hint(format!("the tracker owns these fields: change {} there and import again", m.body.key)));
    }
    ws.record(actor, body)
}

/// Records the investigation of an anomaly.
///
/// # Errors
/// When there is no such anomaly, a hazard is named that is not in the risk file, or a change request that does not exist.
pub fn anomaly_investigate(ws: &Workspace, actor: &str, body: &AnomalyInvestigate) -> Result<Appended> {
    said("the cause", &body.cause)?;
    said("the outcome", &body.outcome)?;
    let state = ws.ledger()?.state(None)?;
    existing(&state, &body.anomaly)?;
    if let Some(change) = &body.change {
        crate::changes::existing(&state, change)?;
    }
    if body.change.is_some() && !body.no_change.trim().is_empty() {
        return Err(Error::refused("a change request follows, or a reason for none: not both"));
    }
    known(&Analysis::of_work_tree(ws)?, body.hazards.iter())?;
    ws.record(actor, body)
}

/// Records who was advised of a problem (62304:9.3).
///
/// # Errors
/// When there is no such anomaly, or nobody is named.
pub fn anomaly_advise(ws: &Workspace, actor: &str, body: &AnomalyAdvise) -> Result<Appended> {
    said("what they were told, or why nobody is", &body.message)?;
    said("by which means", &body.means)?;
    if body.parties.iter().all(|p| p.trim().is_empty()) {
        return Err(Error::refused("nobody is named")
            .hint("name the parties: `--parties support,clinic-7`; `none` says that nobody is to be told"));
    }
    existing(&ws.ledger()?.state(None)?, &body.anomaly)?;
    ws.record(actor, body)
}

/// Disposes of an anomaly.
///
/// # Errors
/// When it is closed already, a correction names no version or no existing change, or a duplicate names nothing or itself.
pub fn anomaly_resolve(ws: &Workspace, actor: &str, body: &AnomalyResolve) -> Result<Appended> {
    said("what was done, or why nothing", &body.resolution)?;
    let state = ws.ledger()?.state(None)?;
    let anomaly = existing(&state, &body.anomaly)?;
    if anomaly.resolution().is_some() && !anomaly.is_open() {
        return Err(Error::refused(format!("`{}` is closed: {}", body.anomaly, state_word(anomaly)))
            .hint(format!("if it came back: dossier anomaly reopen {} --reason …", body.anomaly)));
    }
    if let Some(change) = &body.change {
        crate::changes::existing(&state, change)?;
    }
    match body.disposition {
        Disposition::Corrected if body.fixed_in.is_none() => {
            return Err(Error::refused("a correction needs the version that carries it")
                .hint("add `--fixed-in 2.4.1`"));
        }
        Disposition::Duplicate => duplicate_of_something(&state, body)?,
        _ => {}
    }
    ws.record(actor, body)
}

/// A duplicate points at another anomaly, and following such pointers comes to an end.
fn duplicate_of_something(state: &State, body: &AnomalyResolve) -> Result<()> {
    let mut at = body.duplicate_of.clone().ok_or_else(|| {
        Error::refused("a duplicate needs the anomaly that it repeats").hint("add `--duplicate-of ID`")
    })?;
    for _ in 0..=state.anomalies.len() {
        if at == body.anomaly {
            return Err(Error::refused(format!("`{}` would be a duplicate of itself", body.anomaly))
                .hint("resolve the other one as the duplicate, or reopen the chain where it is wrong"));
        }
        match existing(state, &at)?.resolution().and_then(|r| r.body.duplicate_of.clone()) {
            Some(further) => at = further,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Opens a resolved anomaly again.
///
/// # Errors
/// When it is not resolved.
pub fn anomaly_reopen(ws: &Workspace, actor: &str, body: &AnomalyReopen) -> Result<Appended> {
    said("a reason", &body.reason)?;
    let state = ws.ledger()?.state(None)?;
    if existing(&state, &body.anomaly)?.resolution().is_none() {
        return Err(Error::refused(format!("`{}` is not resolved, so it is open", body.anomaly)));
    }
    ws.record(actor, body)
}

/// Verifies a resolution (62304:9.7).
///
/// # Errors
/// When the anomaly was not resolved, or it is reportable to an authority and was not reported.
pub fn anomaly_verify(ws: &Workspace, actor: &Actor, body: &AnomalyVerify) -> Result<Appended> {
    said("the evidence", &body.evidence)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let anomaly = existing(&state, &body.anomaly)?;
    if anomaly.resolution().is_none() {
        return Err(Error::refused(format!("`{}` has no resolution to verify", body.anomaly))
            .hint(format!("resolve it first: dossier anomaly resolve {}", body.anomaly)));
    }
    let decided = state.reportability_of(&body.anomaly);
    if let Some(open) = decided.iter().find(|d| d.body.reportable && d.body.reported.is_none()) {
        let until = open.body.deadline.map(|d| format!(" until {d}")).unwrap_or_default();
        return Err(Error::refused(format!(
            "`{}` is reportable under {}{until}, and no report is on record",
            body.anomaly, open.body.regulation
        ))
        .hint("report it, then decide again with `--reported DATE --reference …`"));
    }
    ws.act_on(&ledger, &state, actor, "I have verified that this resolution is effective", body)
}

/// The anomaly of this id.
pub(crate) fn existing<'a>(state: &'a State, anomaly: &str) -> Result<&'a Anomaly> {
    state.anomalies.get(anomaly).ok_or_else(|| {
        Error::refused(format!("there is no anomaly `{anomaly}`"))
            .hint("list them with `dossier anomaly list`")
    })
}

fn known<'a>(analysis: &Analysis, ids: impl Iterator<Item = &'a ItemId>) -> Result<()> {
    for id in ids {
        if analysis.item_digest(id).is_none() {
            return Err(Error::refused(format!("there is no item `{id}`")).hint(
                "hazards, controls and items are named by the ids of the documents: dossier trace items",
            ));
        }
    }
    Ok(())
}

//! Anomalies from report to verified resolution (62304:9). Evaluation per release, judgement against fielded releases, and
//! lists have files of their own.

mod evaluate;
mod fielded;
mod list;
mod unresolved;

pub(crate) use evaluate::evaluated_again;
pub use evaluate::{Evaluation, anomaly_evaluate};
pub(crate) use fielded::addendum;
pub use fielded::{
    Addendum, AddendumRow, FieldJudgement, Fielded, FieldedOf, FieldedRow, Standing as FieldedStanding,
    anomaly_addendum, anomaly_fielded, anomaly_judge,
};
pub use list::{
    AnomalyRow, Asking, SavedView, anomaly_list, anomaly_show, severities_off_scale, view_list, view_save,
};
pub(crate) use list::{query_error, question, severity_scale, state_word, tied};
pub use unresolved::{UnresolvedForm, anomaly_unresolved};

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::Anomaly;
use records::{
    AnomalyAdvise, AnomalyAmend, AnomalyInvestigate, AnomalyReopen, AnomalyReport, AnomalyResolve,
    AnomalyVerify, State,
};
use vocabulary::ItemId;

/// Reports an anomaly.
///
/// # Errors
/// When the id was used before, a field that 9.1 needs is empty, or an item is named that is in no document.
pub fn anomaly_report(ws: &Workspace, actor: &str, report: &AnomalyReport) -> Result<Appended> {
    items_exist(ws, &report.affects)?;
    ws.record(actor, report)
}

/// Corrects or completes fields of a report.
///
/// # Errors
/// When there is no such anomaly, field or item, nothing is changed, or a tracker owns the fields.
pub fn anomaly_amend(ws: &Workspace, actor: &str, body: &AnomalyAmend) -> Result<Appended> {
    items_exist(ws, body.affects.as_deref().unwrap_or_default())?;
    ws.record(actor, body)
}

/// Records the investigation of an anomaly.
///
/// # Errors
/// When there is no such anomaly, a hazard is named that is not in the risk file, or a change request that does not exist.
pub fn anomaly_investigate(ws: &Workspace, actor: &str, body: &AnomalyInvestigate) -> Result<Appended> {
    items_exist(ws, &body.hazards)?;
    ws.record(actor, body)
}

/// Records who was advised of a problem (62304:9.3).
///
/// # Errors
/// When there is no such anomaly, or nobody is named.
pub fn anomaly_advise(ws: &Workspace, actor: &str, body: &AnomalyAdvise) -> Result<Appended> {
    ws.record(actor, body)
}

/// Disposes of an anomaly.
///
/// # Errors
/// When it is closed already, a correction names no version or no existing change, or a duplicate names nothing or itself.
pub fn anomaly_resolve(ws: &Workspace, actor: &str, body: &AnomalyResolve) -> Result<Appended> {
    ws.record(actor, body)
}

/// Opens a resolved anomaly again.
///
/// # Errors
/// When it is not resolved.
pub fn anomaly_reopen(ws: &Workspace, actor: &str, body: &AnomalyReopen) -> Result<Appended> {
    ws.record(actor, body)
}

/// Verifies a resolution (62304:9.7).
///
/// # Errors
/// When the anomaly was not resolved, or it is reportable to an authority and was not reported.
pub fn anomaly_verify(ws: &Workspace, actor: &Actor, body: &AnomalyVerify) -> Result<Appended> {
    ws.record_act(actor, "I have verified that this resolution is effective", body)
}

/// The anomaly of this id.
pub(crate) fn existing<'a>(state: &'a State, anomaly: &str) -> Result<&'a Anomaly> {
    state.anomalies.get(anomaly).ok_or_else(|| {
        Error::refused(format!("there is no anomaly `{anomaly}`"))
            .hint("list them with `dossier anomaly list`")
    })
}

/// Whether all of these are items of the documents: a mistyped one is found now, and not when somebody asks what hangs on it.
pub(crate) fn items_exist(ws: &Workspace, ids: &[ItemId]) -> Result<()> {
    if ids.is_empty() { Ok(()) } else { known(&Analysis::of_work_tree(ws)?, ids.iter()) }
}

fn known<'a>(analysis: &Analysis, ids: impl Iterator<Item = &'a ItemId>) -> Result<()> {
    for id in ids {
        if analysis.item_digest(id).is_none() {
            return Err(Error::refused(format!("there is no item `{id}`")).hint(
                "items, hazards and controls are named by the ids of the documents: dossier trace items",
            ));
        }
    }
    Ok(())
}

//! Maintenance (62304:6), complaints and corrective action: feedback, notices, installations, complaints with their
//! decisions on reporting, and corrective actions to their effectiveness.

use crate::act::Actor;
use crate::error::{Error, Result};
use crate::placed::{all_placed, placed};
use crate::workspace::{Appended, Workspace};
use records::state::{Capa, Complaint};
use records::{
    CapaClose, CapaOpen, CapaStep, ComplaintClose, ComplaintInvestigate, ComplaintReceive, FeedbackEvaluate,
    FeedbackSource, InstallationFind, NoticeIssue, Recorded, ReportabilityDecide, State,
};
use serde::Serialize;
use std::collections::BTreeSet;
use vocabulary::Date;

/// Registers a source of feedback, or changes its interval and owner.
///
/// # Errors
/// When a part is empty or the interval is no day.
pub fn feedback_source(ws: &Workspace, actor: &str, body: &FeedbackSource) -> Result<Appended> {
    ws.record(actor, body)
}

/// Records the evaluation of what came through a source.
///
/// # Errors
/// When the source is not registered, the days are in the wrong order, or a problem report or complaint does not exist.
pub fn feedback_evaluate(ws: &Workspace, actor: &str, body: &FeedbackEvaluate) -> Result<Appended> {
    ws.record(actor, body)
}

/// A source of feedback in a list.
#[derive(Clone, Debug, Serialize)]
pub struct SourceRow {
    /// Its name.
    pub source: String,
    /// What comes through it.
    pub description: String,
    /// The role that evaluates it.
    pub owner: String,
    /// Days between evaluations.
    pub every_days: u32,
    /// The last day that was evaluated.
    pub evaluated_to: Option<Date>,
    /// The day on which the next evaluation is due.
    pub due: Option<Date>,
}

/// All sources of feedback.
///
/// # Errors
/// When the ledger cannot be read.
pub fn feedback_list(ws: &Workspace, ledger_at: Option<u64>) -> Result<Vec<SourceRow>> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let row = |(name, s): (&String, &records::state::Source)| SourceRow {
        source: name.clone(),
        description: s.registered.body.description.clone(),
        owner: s.registered.body.owner.clone(),
        every_days: s.registered.body.every_days,
        evaluated_to: s.evaluations.iter().map(|e| e.body.to).max(),
        due: s.registered.body.active.then(|| s.due()),
    };
    Ok(state.sources.iter().map(row).collect())
}

/// Records that users or regulators were told.
///
/// # Errors
/// When the audience is neither, or it is about nothing that is on record.
pub fn notice_issue(ws: &Workspace, actor: &str, body: &NoticeIssue) -> Result<Appended> {
    ws.record(actor, body)
}

/// Records a version that was found installed.
///
/// # Errors
/// When a part is empty.
pub fn installation_find(ws: &Workspace, actor: &str, body: &InstallationFind) -> Result<Appended> {
    ws.record(actor, body)
}

/// The complaint of this id.
pub(crate) fn complaint<'a>(state: &'a State, id: &str) -> Result<&'a Complaint> {
    state.complaints.get(id).ok_or_else(|| {
        Error::refused(format!("there is no complaint `{id}`"))
            .hint("list them with `dossier complaint list`")
    })
}

/// Records a complaint. Personal data have no place in it: those that are given are sealed beside the ledger, and the record holds
/// their keyed digest.
///
/// # Errors
/// When a part is empty, a day lies in the future, or the id was used before.
pub fn complaint_receive(
    ws: &Workspace,
    actor: &str,
    body: &ComplaintReceive,
    personal: Option<&[u8]>,
) -> Result<Appended> {
    let Some(personal) = personal else { return ws.record(actor, body) };
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if state.complaints.contains_key(&body.complaint) {
        return Err(Error::refused(format!("`{}` was recorded before", body.complaint)));
    }
    let person = crate::personal_data::keep(ws, &state, &body.complaint, personal)?;
    let draft = ws.at(&state).process(actor, &ComplaintReceive { person: person.clone(), ..body.clone() })?;
    ws.append(&ledger, &state, &[draft]).inspect_err(|_| crate::personal_data::drop_unnamed(ws, &person))
}

/// Records the investigation of a complaint.
///
/// # Errors
/// When it is closed, or an anomaly or corrective action does not exist.
pub fn complaint_investigate(ws: &Workspace, actor: &str, body: &ComplaintInvestigate) -> Result<Appended> {
    ws.record(actor, body)
}

/// Days from awareness to the last day of the legal term, where the regulation states one in days.
pub(crate) fn term(regulation: &str) -> Result<Option<i64>> {
    match regulation {
        // The longest terms; two and ten days hold for a serious public health threat and for death, and are given by hand.
        "mdr-87" => Ok(Some(15)),
        "cfr-803" => Ok(Some(30)),
        // Ten working days: at least fourteen days.
        "cfr-806" => Ok(Some(14)),
        "mdr-88" | "mdr-89" => Ok(None),
        other => Err(Error::refused(format!("`{other}` is no regulation that is known here"))
            .hint("mdr-87, mdr-88, mdr-89, cfr-803 or cfr-806")),
    }
}

/// Records a decision on reporting. Where it is reportable and no deadline is given, the regulation's longest term holds.
///
/// # Errors
/// When there is no such complaint or anomaly, no reason is given, or a report was sent before anybody was aware.
pub fn reportability_decide(ws: &Workspace, actor: &Actor, body: &ReportabilityDecide) -> Result<Appended> {
    let days = term(&body.regulation)?;
    let mut body = body.clone();
    if body.reportable && body.deadline.is_none() {
        let days = days.ok_or_else(|| {
            Error::refused(format!("`{}` states no term in days", body.regulation))
                .hint("give it: `--deadline DATE`")
        })?;
        body.deadline = Some(body.aware.plus_days(days));
    }
    ws.record_act(actor, "I have decided whether this is reported", &body)
}

/// Closes a complaint.
///
/// # Errors
/// When nobody investigated it, no decision on reporting is on record, or a reportable one was not reported.
pub fn complaint_close(ws: &Workspace, actor: &Actor, body: &ComplaintClose) -> Result<Appended> {
    ws.record_act(actor, "this complaint is handled", body)
}

/// A complaint in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ComplaintRow {
    /// Its id.
    pub complaint: String,
    /// The device.
    pub device: String,
    /// When it was received.
    pub received: Date,
    /// `received`, `investigated`, `closed`.
    pub state: String,
    /// The decisions on reporting, in words.
    pub reporting: Vec<String>,
    /// Anomalies that it is tied to.
    pub anomalies: Vec<String>,
    /// Corrective actions that it is tied to.
    pub capas: Vec<String>,
    /// The record in another system.
    pub external: String,
    /// What is alleged.
    pub nature: String,
}

/// All complaints.
///
/// # Errors
/// When the ledger cannot be read.
pub fn complaint_list(ws: &Workspace, ledger_at: Option<u64>) -> Result<Vec<ComplaintRow>> {
    let noted = crate::trail::note_read(ws, "complaints")?;
    let state = match (ledger_at, ws.ledger_until) {
        (None, None) => noted,
        _ => ws.ledger()?.listed(ws, ledger_at)?,
    };
    let row = |(id, c): (&String, &Complaint)| ComplaintRow {
        complaint: id.clone(),
        device: c.received.body.device.clone(),
        received: c.received.body.received,
        state: c.stage().to_owned(),
        reporting: reporting(&state, id),
        anomalies: c.investigations.iter().flat_map(|i| i.body.anomalies.clone()).collect(),
        capas: state.capas_of(id).into_iter().map(str::to_owned).collect(),
        external: c.received.body.external.clone(),
        nature: c.received.body.nature.clone(),
    };
    Ok(state.complaints.iter().map(row).collect())
}

/// The newest decision on reporting under each regulation, in words.
pub(crate) fn reporting(state: &State, subject: &str) -> Vec<String> {
    let word = |d: &&Recorded<ReportabilityDecide>| {
        let b = &d.body;
        match (b.reportable, b.reported, b.deadline) {
            (false, ..) => format!("{}: not reportable", b.regulation),
            (true, Some(on), _) => format!("{}: reported on {on}", b.regulation),
            (true, None, Some(until)) => format!("{}: due {until}", b.regulation),
            (true, None, None) => format!("{}: due", b.regulation),
        }
    };
    state.reportability_of(subject).iter().map(word).collect()
}

/// One complaint with everything that was recorded of it, without personal data, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn complaint_show(ws: &Workspace, id: &str, ledger_at: Option<u64>) -> Result<serde_json::Value> {
    let noted = crate::trail::note_read(ws, "complaints")?;
    let state = match (ledger_at, ws.ledger_until) {
        (None, None) => noted,
        _ => ws.ledger()?.listed(ws, ledger_at)?,
    };
    let c = complaint(&state, id)?;
    let decided: Vec<_> = state.reportability.iter().filter(|d| d.body.subject == id).collect();
    let anomalies = c.investigations.iter().flat_map(|i| &i.body.anomalies);
    Ok(serde_json::json!({
        "format": "dossier/complaint/v1",
        "complaint": id,
        "state": c.stage(),
        "received": placed(&c.received),
        "investigations": all_placed(&c.investigations),
        "reportability": all_placed(decided),
        "erasures": all_placed(&c.erasures),
        "closed": c.closed.as_ref().map(placed),
        "anomalies": anomalies.collect::<BTreeSet<_>>(),
        "capas": state.capas_of(id),
    }))
}

/// The corrective action of this id.
pub(crate) fn capa<'a>(state: &'a State, id: &str) -> Result<&'a Capa> {
    state.capas.get(id).ok_or_else(|| {
        Error::refused(format!("there is no corrective action `{id}`"))
            .hint("list them with `dossier capa list`")
    })
}

/// Opens a corrective action.
///
/// # Errors
/// When the id was used before or a part is empty.
pub fn capa_open(ws: &Workspace, actor: &str, body: &CapaOpen) -> Result<Appended> {
    ws.record(actor, body)
}

/// Records work on a corrective action.
///
/// # Errors
/// When it is closed, or a link names nothing that is on record.
pub fn capa_step(ws: &Workspace, actor: &str, body: &CapaStep) -> Result<Appended> {
    ws.record(actor, body)
}

/// Closes a corrective action, signed.
///
/// # Errors
/// When it is closed, or is said to have been effective and no action was taken.
pub fn capa_close(ws: &Workspace, actor: &Actor, body: &CapaClose) -> Result<Appended> {
    ws.record_act(actor, "I have verified whether this action was effective", body)
}

/// A corrective action in a list.
#[derive(Clone, Debug, Serialize)]
pub struct CapaRow {
    /// Its id.
    pub capa: String,
    /// `opened`, `containment`, `root-cause`, `plan`, `action`, `effective`, `closed`.
    pub state: String,
    /// What it answers.
    pub source: String,
    /// When its next step is due.
    pub due: Option<Date>,
    /// Anomalies, complaints and changes that it is tied to, in either direction.
    pub links: Vec<String>,
    /// The record in another system.
    pub external: String,
    /// What is wrong.
    pub description: String,
}

/// All corrective actions.
///
/// # Errors
/// When the ledger cannot be read.
pub fn capa_list(ws: &Workspace, ledger_at: Option<u64>) -> Result<Vec<CapaRow>> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let row = |(id, c): (&String, &Capa)| CapaRow {
        capa: id.clone(),
        state: c.stage().to_owned(),
        source: c.opened.body.source.clone(),
        due: c.due(),
        links: state.tied_to(id).into_iter().map(str::to_owned).collect(),
        external: c.external().to_owned(),
        description: c.opened.body.description.clone(),
    };
    Ok(state.capas.iter().map(row).collect())
}

/// One corrective action with everything that was recorded of it, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn capa_show(ws: &Workspace, id: &str, ledger_at: Option<u64>) -> Result<serde_json::Value> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let c = capa(&state, id)?;
    Ok(serde_json::json!({
        "format": "dossier/capa/v1",
        "capa": id,
        "state": c.stage(),
        "due": c.due(),
        "external": c.external(),
        "opened": placed(&c.opened),
        "steps": all_placed(&c.steps),
        "closed": c.closed.as_ref().map(placed),
        "links": state.tied_to(id),
    }))
}

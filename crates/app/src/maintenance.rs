//! Maintenance (62304:6), complaints and corrective action: feedback, notices, installations, complaints with their
//! decisions on reporting, and corrective actions to their effectiveness.

use crate::act::Actor;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::state::{Capa, Complaint};
use records::{
    CapaClose, CapaOpen, CapaStep, ComplaintClose, ComplaintInvestigate, ComplaintReceive, FeedbackEvaluate,
    FeedbackSource, InstallationFind, NoticeIssue, ReportabilityDecide, State,
};
use serde::Serialize;
use vocabulary::Date;

/// Registers a source of feedback, or changes its interval and owner.
///
/// # Errors
/// When a part is empty or the interval is no day.
pub fn feedback_source(ws: &Workspace, actor: &str, body: &FeedbackSource) -> Result<Appended> {
    identifier("the name of a source", &body.source)?;
    said("what comes through it", &body.description)?;
    said("the role that evaluates it", &body.owner)?;
    if body.every_days == 0 {
        return Err(Error::refused("an interval is at least a day").hint("`--every 30`"));
    }
    ws.record(actor, body)
}

/// Records the evaluation of what came through a source.
///
/// # Errors
/// When the source is not registered, the days are in the wrong order, or a problem report or complaint does not exist.
pub fn feedback_evaluate(ws: &Workspace, actor: &str, body: &FeedbackEvaluate) -> Result<Appended> {
    said("a conclusion", &body.conclusion)?;
    let state = ws.ledger()?.state(None)?;
    if !state.sources.contains_key(&body.source) {
        return Err(Error::refused(format!("no source `{}` is registered", body.source))
            .hint(format!("register it: dossier feedback source {} …", body.source)));
    }
    if body.from > body.to {
        return Err(Error::refused(format!(
            "the days end on {} before they begin on {}",
            body.to, body.from
        )));
    }
    let today = ws.clock.today(&ws.config.product.timezone)?;
    if body.to > today {
        return Err(Error::refused(format!("{} has not come yet", body.to)));
    }
    for id in &body.anomalies {
        crate::anomalies::existing(&state, id)?;
    }
    for id in &body.complaints {
        complaint(&state, id)?;
    }
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
    identifier("the id of a notice", &body.notice)?;
    said("what they were told", &body.message)?;
    said("how and when it was sent", &body.sent)?;
    if !matches!(body.audience.as_str(), "users" | "regulators") {
        return Err(
            Error::refused(format!("`{}` is no audience", body.audience)).hint("`users` or `regulators`")
        );
    }
    let state = ws.ledger()?.state(None)?;
    let known = |id: &String| state.anomalies.contains_key(id) || state.changes.contains_key(id);
    if body.about.is_empty() || !body.about.iter().all(known) {
        return Err(Error::refused("a notice is about anomalies or changes that are on record")
            .hint("`--about A-7,CR-7`"));
    }
    if let Some(v) = body.versions.iter().find(|v| !state.releases.contains_key(*v)) {
        return Err(Error::refused(format!("there is no release `{v}`")));
    }
    ws.record(actor, body)
}

/// Records a version that was found installed.
///
/// # Errors
/// When a part is empty.
pub fn installation_find(ws: &Workspace, actor: &str, body: &InstallationFind) -> Result<Appended> {
    said("where it is installed", &body.installation)?;
    said("the version", &body.version)?;
    said("how it was found", &body.found)?;
    ws.record(actor, body)
}

/// The complaint of this id.
fn complaint<'a>(state: &'a State, id: &str) -> Result<&'a Complaint> {
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
    identifier("the id of a complaint", &body.complaint)?;
    said("the device", &body.device)?;
    said("what is alleged", &body.nature)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    if body.received > today || body.aware > today {
        return Err(Error::refused("a complaint cannot come in on a day that has not come yet"));
    }
    if body.nature.contains('@') {
        return Err(Error::refused("this looks like an address of a person")
            .hint("the ledger is kept for years and forgets nothing: give personal data with `--personal FILE`, which seals them where they can be deleted, or leave them in the system that may delete them and name the record there with `--external`"));
    }
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
    said("the result, or why no investigation is needed", &body.result)?;
    let state = ws.ledger()?.state(None)?;
    if complaint(&state, &body.complaint)?.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.complaint)));
    }
    for id in &body.anomalies {
        crate::anomalies::existing(&state, id)?;
    }
    for id in &body.capas {
        capa(&state, id)?;
    }
    if body.problem && body.anomalies.is_empty() {
        return Err(Error::refused("a problem of the software is a problem report (62304:6.2.2)")
            .hint("report it with `dossier anomaly report`, then name it with `--anomalies`"));
    }
    ws.record(actor, body)
}

/// Days from awareness to the last day of the legal term, where the regulation states one in days.
fn term(regulation: &str) -> Result<Option<i64>> {
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
    said("the reason", &body.reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if !state.complaints.contains_key(&body.subject) && !state.anomalies.contains_key(&body.subject) {
        return Err(Error::refused(format!("`{}` is neither a complaint nor an anomaly", body.subject)));
    }
    let days = term(&body.regulation)?;
    let mut body = body.clone();
    if body.reported.is_some_and(|r| r < body.aware) {
        return Err(Error::refused("a report cannot be sent before anybody was aware"));
    }
    if body.reported.is_some() && body.reference.trim().is_empty() {
        return Err(Error::refused("a report that was sent has a reference").hint("`--reference …`"));
    }
    if body.reportable && body.deadline.is_none() {
        let days = days.ok_or_else(|| {
            Error::refused(format!("`{}` states no term in days", body.regulation))
                .hint("give it: `--deadline DATE`")
        })?;
        body.deadline = Some(body.aware.plus_days(days));
    }
    ws.act_on(&ledger, &state, actor, "I have decided whether this is reported", &body)
}

/// Closes a complaint.
///
/// # Errors
/// When nobody investigated it, no decision on reporting is on record, or a reportable one was not reported.
pub fn complaint_close(ws: &Workspace, actor: &Actor, body: &ComplaintClose) -> Result<Appended> {
    said("a reason", &body.reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let found = complaint(&state, &body.complaint)?;
    if found.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.complaint)));
    }
    if found.investigations.is_empty() {
        return Err(Error::refused(format!("`{}` is not investigated", body.complaint))
            .hint("\"no investigation is needed, because …\" is a result: dossier complaint investigate"));
    }
    let decisions = state.reportability_of(&body.complaint);
    if decisions.is_empty() {
        return Err(Error::refused(format!("nobody decided whether `{}` is reported", body.complaint))
            .hint(format!("dossier complaint decide {} --regulation mdr-87 …", body.complaint)));
    }
    if let Some(open) = decisions.iter().find(|d| d.body.reportable && d.body.reported.is_none()) {
        let until = open.body.deadline.map(|d| format!(" until {d}")).unwrap_or_default();
        return Err(Error::refused(format!(
            "`{}` is reportable under {}{until}, and no report is on record",
            body.complaint, open.body.regulation
        ))
        .hint("report it, then decide again with `--reported DATE --reference …`"));
    }
    ws.act_on(&ledger, &state, actor, "this complaint is handled", body)
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
    crate::trail::note_read(ws, "complaints")?;
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let row = |(id, c): (&String, &Complaint)| {
        let word = |d: &&records::Recorded<ReportabilityDecide>| {
            let b = &d.body;
            match (b.reportable, b.reported, b.deadline) {
                (false, ..) => format!("{}: no", b.regulation),
                (true, Some(on), _) => format!("{}: reported on {on}", b.regulation),
                (true, None, Some(until)) => format!("{}: due {until}", b.regulation),
                (true, None, None) => format!("{}: due", b.regulation),
            }
        };
        ComplaintRow {
            complaint: id.clone(),
            device: c.received.body.device.clone(),
            received: c.received.body.received,
            state: match (&c.closed, c.investigations.is_empty()) {
                (Some(_), _) => "closed",
                (None, false) => "investigated",
                (None, true) => "received",
            }
            .to_owned(),
            reporting: state.reportability_of(id).iter().map(word).collect(),
            anomalies: c.investigations.iter().flat_map(|i| i.body.anomalies.clone()).collect(),
            capas: c.investigations.iter().flat_map(|i| i.body.capas.clone()).collect(),
            external: c.received.body.external.clone(),
            nature: c.received.body.nature.clone(),
        }
    };
    Ok(state.complaints.iter().map(row).collect())
}

/// The corrective action of this id.
fn capa<'a>(state: &'a State, id: &str) -> Result<&'a Capa> {
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
    identifier("the id of a corrective action", &body.capa)?;
    said("what is wrong", &body.description)?;
    said("what it answers", &body.source)?;
    ws.record(actor, body)
}

/// Records work on a corrective action.
///
/// # Errors
/// When it is closed, or a link names nothing that is on record.
pub fn capa_step(ws: &Workspace, actor: &str, body: &CapaStep) -> Result<Appended> {
    said("what was found out, planned or done", &body.text)?;
    let state = ws.ledger()?.state(None)?;
    if capa(&state, &body.capa)?.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.capa)).hint("open another one"));
    }
    let known = |id: &String| {
        state.anomalies.contains_key(id)
            || state.complaints.contains_key(id)
            || state.changes.contains_key(id)
    };
    if let Some(id) = body.links.iter().find(|id| !known(id)) {
        return Err(Error::refused(format!(
            "`{id}` is neither an anomaly nor a complaint nor a change request"
        )));
    }
    ws.record(actor, body)
}

/// Closes a corrective action, signed.
///
/// # Errors
/// When it is closed, or is said to have been effective and no action was taken.
pub fn capa_close(ws: &Workspace, actor: &Actor, body: &CapaClose) -> Result<Appended> {
    said("how it was verified, or why it is closed", &body.evidence)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let found = capa(&state, &body.capa)?;
    if found.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.capa)));
    }
    if body.effective && !found.steps.iter().any(|s| s.body.stage == records::CapaStage::Action) {
        return Err(Error::refused(format!(
            "no action of `{}` is on record, so none was effective",
            body.capa
        ))
        .hint(format!("record it: dossier capa step {} --stage action --text …", body.capa)));
    }
    ws.act_on(&ledger, &state, actor, "I have verified whether this action was effective", body)
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
    let row = |(id, c): (&String, &Capa)| {
        let mut links: Vec<String> = c.steps.iter().flat_map(|s| s.body.links.clone()).collect();
        let complaints = state
            .complaints
            .iter()
            .filter(|(_, c)| c.investigations.iter().any(|i| i.body.capas.contains(id)));
        links.extend(complaints.map(|(complaint, _)| complaint.clone()));
        links.sort();
        links.dedup();
        CapaRow {
            capa: id.clone(),
            state: c.stage().to_owned(),
            source: c.opened.body.source.clone(),
            due: c.due(),
            links,
            external: c
                .steps
                .iter()
                .rev()
                .map(|s| s.body.external.clone())
                .find(|e| !e.is_empty())
                .unwrap_or_default(),
            description: c.opened.body.description.clone(),
        }
    };
    Ok(state.capas.iter().map(row).collect())
}

//! Lists of anomalies by question, saved questions, and one anomaly with its history.

use super::existing;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use monitoring::anomalies::{DEFAULT_SEVERITY, choose};
use records::state::{Anomaly, Complaint};
use records::{State, ViewSave};
use serde::Serialize;
use std::collections::BTreeSet;
use vocabulary::Date;

pub(crate) use monitoring::anomalies::state_word;

/// An anomaly in a list.
#[derive(Clone, Debug, Serialize)]
pub struct AnomalyRow {
    /// The id.
    pub anomaly: String,
    /// One line.
    pub title: String,
    /// Severity in the firm's scale.
    pub severity: String,
    /// The version in which it was seen.
    pub version: String,
    /// `reported`, `investigated`, `resolved`, `verified`, `reopened`, …
    pub state: String,
    /// The items affected.
    pub affects: Vec<String>,
    /// When it was reported.
    pub reported: Date,
    /// The releases for which it was evaluated.
    pub evaluated_for: Vec<String>,
    /// Change requests.
    pub changes: Vec<String>,
    /// The tracker's key, where it is mirrored.
    pub key: Option<String>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    /// A question; empty for all.
    pub query: String,
    /// A saved question besides.
    pub view: Option<String>,
    /// The first N entries.
    pub ledger_at: Option<u64>,
    /// The date that ages are counted to.
    pub as_of: Option<Date>,
}

/// The firm's scale of severity, mildest first.
pub(crate) fn severity_scale(ws: &Workspace) -> Vec<String> {
    if ws.config.anomalies.severity.is_empty() {
        DEFAULT_SEVERITY.map(str::to_owned).to_vec()
    } else {
        ws.config.anomalies.severity.clone()
    }
}

/// The words of severity in a list that are not on the firm's scale, each once.
pub fn severities_off_scale(ws: &Workspace, rows: &[AnomalyRow]) -> Vec<String> {
    let scale = severity_scale(ws);
    let strange =
        rows.iter().map(|r| &r.severity).filter(|s| !scale.iter().any(|k| k.eq_ignore_ascii_case(s)));
    let said = |s: &String| if s.is_empty() { "none is stated".to_owned() } else { format!("`{s}`") };
    strange.map(said).collect::<BTreeSet<_>>().into_iter().collect()
}

/// A fault of a question with the place marked below it.
pub(crate) fn query_error(query: &str, e: monitoring::QueryError) -> Error {
    let mark = format!("{query}\n      {}^", " ".repeat(e.at.saturating_sub(1)));
    let help = e.help.clone();
    let error = Error::refused(format!("the question cannot be read: {e}")).hint(mark);
    if help.is_empty() { error } else { error.hint(help) }
}

/// The question with the saved one joined to it.
pub(crate) fn question(state: &State, of: &str, asking: &Asking) -> Result<String> {
    let Some(view) = &asking.view else { return Ok(asking.query.clone()) };
    let saved = state.views.get(view).filter(|v| v.body.of == of).ok_or_else(|| {
        Error::refused(format!("no view `{view}` of {of} is saved"))
            .hint("list them with `dossier anomaly view list`")
    })?;
    Ok(match asking.query.trim() {
        "" => saved.body.query.clone(),
        more => format!("({}) and ({more})", saved.body.query),
    })
}

/// The anomalies that answer a question.
///
/// # Errors
/// When the ledger cannot be read, or the question is none.
pub fn anomaly_list(ws: &Workspace, asking: &Asking) -> Result<Vec<AnomalyRow>> {
    let state = ws.ledger()?.listed(ws, asking.ledger_at)?;
    let as_of = match asking.as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let text = question(&state, "anomalies", asking)?;
    let severity = severity_scale(ws);
    let chosen = choose(&state, &text, &severity, as_of).map_err(|e| query_error(&text, e))?;
    Ok(chosen.into_iter().map(|c| row(c.id, c.anomaly)).collect())
}

fn row(id: &str, a: &records::state::Anomaly) -> AnomalyRow {
    AnomalyRow {
        anomaly: id.to_owned(),
        title: a.report.body.title.clone(),
        severity: a.report.body.severity.clone(),
        version: a.report.body.version.clone(),
        state: state_word(a).to_owned(),
        affects: a.report.body.affects.iter().map(ToString::to_string).collect(),
        reported: a.report.meta.at.date_utc(),
        evaluated_for: a.evaluations.iter().map(|e| e.body.release.clone()).collect(),
        changes: monitoring::anomalies::changes_of(a).into_iter().map(str::to_owned).collect(),
        key: a.mirror().map(|m| m.body.key.clone()),
    }
}

/// Saves a question under a name; an empty one takes the name away.
///
/// # Errors
/// When the question cannot be read.
pub fn view_save(ws: &Workspace, actor: &str, body: &ViewSave) -> Result<Appended> {
    identifier("the name of a view", &body.view)?;
    if body.query.trim().is_empty() {
        if !ws.ledger()?.state(None)?.views.contains_key(&body.view) {
            return Err(Error::refused(format!("no view `{}` is saved", body.view)));
        }
    } else {
        said("a question", &body.query)?;
        let schema = match body.of.as_str() {
            "changes" => monitoring::changes::schema(),
            _ => monitoring::anomalies::schema(&severity_scale(ws)),
        };
        monitoring::Query::parse(&body.query, &schema).map_err(|e| query_error(&body.query, e))?;
    }
    ws.record(actor, body)
}

/// A saved question.
#[derive(Clone, Debug, Serialize)]
pub struct SavedView {
    /// Its name.
    pub view: String,
    /// `anomalies` or `changes`.
    pub of: String,
    /// The question.
    pub query: String,
    /// What it is for.
    pub about: String,
    /// Who saved it.
    pub by: String,
}

/// All saved questions.
///
/// # Errors
/// When the ledger cannot be read.
pub fn view_list(ws: &Workspace) -> Result<Vec<SavedView>> {
    let state = ws.ledger()?.listed(ws, None)?;
    let row = |v: &records::Recorded<ViewSave>| SavedView {
        view: v.body.view.clone(),
        of: v.body.of.clone(),
        query: v.body.query.clone(),
        about: v.body.about.clone(),
        by: v.meta.actor.to_string(),
    };
    Ok(state.views.values().map(row).collect())
}

/// The records that an anomaly is tied to, whichever of the two names the other.
pub(crate) struct Tied<'a> {
    /// Change requests.
    pub(crate) changes: Vec<&'a str>,
    /// Complaints.
    pub(crate) complaints: Vec<&'a str>,
    /// Corrective actions.
    pub(crate) capas: Vec<&'a str>,
}

pub(crate) fn tied<'a>(state: &'a State, id: &str, anomaly: &'a Anomaly) -> Tied<'a> {
    let is = |name: &String| name == id;
    let answering = state.changes.iter().filter(|(_, c)| c.opened.body.answers.iter().any(is));
    let mut changes = monitoring::anomalies::changes_of(anomaly);
    changes.extend(answering.map(|(change, _)| change.as_str()));
    changes.sort_unstable();
    changes.dedup();
    let investigated = |c: &Complaint| c.investigations.iter().any(|i| i.body.anomalies.iter().any(is));
    let complaints = state.complaints.iter().filter(|(_, c)| investigated(c));
    let capas = state.capas.iter().filter(|(_, c)| c.names().any(|name| name == id));
    Tied {
        changes,
        complaints: complaints.map(|(complaint, _)| complaint.as_str()).collect(),
        capas: capas.map(|(capa, _)| capa.as_str()).collect(),
    }
}

/// One anomaly with its history, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn anomaly_show(ws: &Workspace, anomaly: &str, ledger_at: Option<u64>) -> Result<serde_json::Value> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let a = existing(&state, anomaly)?;
    let with_place = |meta: &records::Meta, body: serde_json::Value| {
        let signer = meta.signer.as_deref().map(|s| {
            serde_json::json!({"person": s.person, "name": s.name, "role": s.role, "meaning": s.meaning,
                "at": s.at, "key_id": s.key_id})
        });
        serde_json::json!({"entry": meta.seq, "at": meta.at, "actor": meta.actor, "signed_by": signer, "record": body})
    };
    macro_rules! history {
        ($field:ident) => {
            a.$field.iter().map(|r| with_place(&r.meta, serde_json::json!(r.body))).collect::<Vec<_>>()
        };
    }
    let tied = tied(&state, anomaly, a);
    Ok(serde_json::json!({
        "format": "dossier/anomaly/v1",
        "anomaly": anomaly,
        "state": state_word(a),
        "report": with_place(&a.report.meta, serde_json::json!(a.report.body)),
        "amendments": history!(amendments),
        "investigations": history!(investigations),
        "advices": history!(advices),
        "evaluations": history!(evaluations),
        "fielded": history!(fielded),
        "resolutions": history!(resolutions),
        "verifications": history!(verifications),
        "reopenings": history!(reopenings),
        "mirror": a.mirror().map(|m| &m.body),
        "changes": tied.changes,
        "complaints": tied.complaints,
        "capas": tied.capas,
        "reportability": state.reportability_of(anomaly).iter().map(|r| with_place(&r.meta, serde_json::json!(r.body))).collect::<Vec<_>>(),
    }))
}

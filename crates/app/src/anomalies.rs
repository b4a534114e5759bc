//! Anomalies from report to verified resolution, and their evaluation per release (62304:9, 5.8.2, 5.8.3).

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::{
    AnomalyEvaluate, AnomalyInvestigate, AnomalyReport, AnomalyResolve, AnomalyVerify, Disposition,
    EvaluationOutcome, JudgedItem,
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
    ws.record(actor, report)
}

/// Records the investigation of an anomaly.
///
/// # Errors
/// When there is no such anomaly, or a hazard is named that is not in the risk file.
pub fn anomaly_investigate(ws: &Workspace, actor: &str, body: &AnomalyInvestigate) -> Result<Appended> {
    said("the cause", &body.cause)?;
    said("the outcome", &body.outcome)?;
    let analysis = Analysis::of_work_tree(ws)?;
    known(&analysis, body.hazards.iter())?;
    ws.record(actor, body)
}

/// What an evaluation says, before the judged texts are bound to it.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The anomaly.
    pub anomaly: String,
    /// The release.
    pub release: String,
    /// The verdict.
    pub outcome: EvaluationOutcome,
    /// Hazards and hazardous situations.
    pub hazards: Vec<ItemId>,
    /// Controls.
    pub controls: Vec<ItemId>,
    /// Why.
    pub rationale: String,
    /// Where users are told.
    pub disclosed: String,
}

/// Evaluates a residual anomaly for one release. The hazards, controls and affected items are bound by their content
/// digest at the release's commit: when one of them changes, the evaluation is stale.
///
/// # Errors
/// When anomaly or release do not exist, or an item named is not in the frozen commit.
pub fn anomaly_evaluate(ws: &Workspace, actor: &Actor, evaluation: &Evaluation) -> Result<Appended> {
    said("a rationale", &evaluation.rationale)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let Some(anomaly) = state.anomalies.get(&evaluation.anomaly) else {
        return Err(Error::refused(format!("there is no anomaly `{}`", evaluation.anomaly))
            .hint("list them with `dossier anomaly list`"));
    };
    let release = state.releases.get(&evaluation.release).and_then(|r| r.candidate()).ok_or_else(|| {
        Error::refused(format!("no release `{}` is open", evaluation.release))
            .hint(format!("open it first: dossier release open {}", evaluation.release))
    })?;
    let commit = release.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    let analysis = Analysis::at_commit(ws, &commit)?;
    let named: Vec<&ItemId> =
        evaluation.hazards.iter().chain(&evaluation.controls).chain(&anomaly.report.body.affects).collect();
    known(&analysis, named.iter().copied())?;
    let mut judged: Vec<JudgedItem> = named
        .into_iter()
        .filter_map(|id| analysis.item_digest(id).map(|digest| JudgedItem { item: id.clone(), digest }))
        .collect();
    judged.sort_by(|a, b| a.item.cmp(&b.item));
    judged.dedup();
    let body = AnomalyEvaluate {
        anomaly: evaluation.anomaly.clone(),
        release: evaluation.release.clone(),
        outcome: evaluation.outcome,
        hazards: evaluation.hazards.clone(),
        controls: evaluation.controls.clone(),
        rationale: evaluation.rationale.clone(),
        judged,
        disclosed: evaluation.disclosed.clone(),
    };
    let meaning = "I have evaluated this residual anomaly against the risk file";
    ws.act_on(&ledger, &state, actor, meaning, &body)
}

/// Disposes of an anomaly.
///
/// # Errors
/// When a correction names no version or a duplicate names nothing or itself.
pub fn anomaly_resolve(ws: &Workspace, actor: &str, body: &AnomalyResolve) -> Result<Appended> {
    said("what was done, or why nothing", &body.resolution)?;
    match body.disposition {
        Disposition::Corrected if body.fixed_in.is_none() => {
            return Err(Error::refused("a correction needs the version that carries it")
                .hint("add `--fixed-in 2.4.1`"));
        }
        Disposition::Duplicate => duplicate_of_something(ws, body)?,
        _ => {}
    }
    ws.record(actor, body)
}

/// A duplicate points at another anomaly, and following such pointers comes to an end.
fn duplicate_of_something(ws: &Workspace, body: &AnomalyResolve) -> Result<()> {
    let state = ws.ledger()?.state(None)?;
    let mut at = body.duplicate_of.clone().ok_or_else(|| {
        Error::refused("a duplicate needs the anomaly that it repeats").hint("add `--duplicate-of ID`")
    })?;
    for _ in 0..=state.anomalies.len() {
        if at == body.anomaly {
            return Err(Error::refused(format!("`{}` would be a duplicate of itself", body.anomaly)));
        }
        let Some(next) = state.anomalies.get(&at) else {
            return Err(Error::refused(format!("there is no anomaly `{at}`")));
        };
        match next.resolution().and_then(|r| r.body.duplicate_of.clone()) {
            Some(further) => at = further,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Verifies a resolution.
///
/// # Errors
/// When the anomaly was not resolved.
pub fn anomaly_verify(ws: &Workspace, actor: &Actor, body: &AnomalyVerify) -> Result<Appended> {
    said("the evidence", &body.evidence)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if state.anomalies.get(&body.anomaly).is_none_or(|a| a.resolution().is_none()) {
        return Err(Error::refused(format!("`{}` has no resolution to verify", body.anomaly))
            .hint(format!("resolve it first: dossier anomaly resolve {}", body.anomaly)));
    }
    ws.act_on(&ledger, &state, actor, "I have verified that this resolution is effective", body)
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

/// An anomaly in a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AnomalyRow {
    /// The id.
    pub anomaly: String,
    /// One line.
    pub title: String,
    /// Severity in the firm's scale.
    pub severity: String,
    /// The version in which it was seen.
    pub version: String,
    /// `reported`, `investigated`, `resolved`, `verified`.
    pub state: String,
    /// The releases for which it was evaluated.
    pub evaluated_for: Vec<String>,
}

pub(crate) fn state_word(a: &records::state::Anomaly) -> &'static str {
    match (a.resolution(), a.investigations.is_empty()) {
        (Some(_), _) if a.resolution_verified() => "verified",
        (Some(r), _) if r.body.disposition == Disposition::WontFix => "will not be corrected",
        (Some(_), _) => "resolved",
        (None, false) => "investigated",
        (None, true) => "reported",
    }
}

/// All anomalies, or those known and not corrected in a version.
///
/// # Errors
/// When the ledger cannot be read.
pub fn anomaly_list(
    ws: &Workspace,
    residual_in: Option<&str>,
    ledger_at: Option<u64>,
) -> Result<Vec<AnomalyRow>> {
    let state = ws.ledger()?.state(ledger_at)?;
    let wanted = state.anomalies.iter().filter(|(_, a)| residual_in.is_none_or(|v| a.residual_in(v)));
    let row = |(id, a): (&String, &records::state::Anomaly)| AnomalyRow {
        anomaly: id.clone(),
        title: a.report.body.title.clone(),
        severity: a.report.body.severity.clone(),
        version: a.report.body.version.clone(),
        state: state_word(a).to_owned(),
        evaluated_for: a.evaluations.iter().map(|e| e.body.release.clone()).collect(),
    };
    Ok(wanted.map(row).collect())
}

/// One anomaly with its history, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn anomaly_show(ws: &Workspace, anomaly: &str, ledger_at: Option<u64>) -> Result<serde_json::Value> {
    let state = ws.ledger()?.state(ledger_at)?;
    let a = state.anomalies.get(anomaly).ok_or_else(|| {
        Error::refused(format!("there is no anomaly `{anomaly}`"))
            .hint("list them with `dossier anomaly list`")
    })?;
    let with_place = |meta: &records::Meta, body: serde_json::Value| {
        let signer = meta.signer.as_ref().map(|s| {
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
    Ok(serde_json::json!({
        "format": "dossier/anomaly/v1",
        "anomaly": anomaly,
        "state": state_word(a),
        "report": with_place(&a.report.meta, serde_json::json!(a.report.body)),
        "investigations": history!(investigations),
        "evaluations": history!(evaluations),
        "resolutions": history!(resolutions),
        "verifications": history!(verifications),
    }))
}

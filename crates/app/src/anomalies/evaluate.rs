//! The evaluation of a residual anomaly for one release (62304:5.8.3).

use super::{existing, known};
use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use model::{Kind, trace};
use records::{AnomalyEvaluate, Disclosure, EvaluationOutcome, JudgedItem, State};
use vocabulary::ItemId;

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
    /// Where users are told, in words or as `DOC-IFU#Known anomalies`; empty where nothing is said of it.
    pub disclosed: String,
    /// Why users are not told.
    pub not_disclosed: String,
    /// The effect on operators and use.
    pub use_effects: String,
    /// Why it is not corrected.
    pub not_corrected: String,
    /// When it is to be corrected.
    pub plan: String,
}

/// So many items of the risk file are bound at most: an entry holds 65 535 bytes.
const MOST_JUDGED: usize = 400;

/// Evaluates a residual anomaly for one release. The items affected, and the risk file around the hazards and controls
/// named, are bound by their content at the release's commit: when one of them changes, the evaluation is stale.
///
/// # Errors
/// When anomaly or release do not exist, or an item or document named is not in the frozen commit.
pub fn anomaly_evaluate(ws: &Workspace, actor: &Actor, evaluation: &Evaluation) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let anomaly = existing(&state, &evaluation.anomaly)?;
    let release = state.releases.get(&evaluation.release).and_then(|r| r.candidate()).ok_or_else(|| {
        Error::refused(format!("no release `{}` is open", evaluation.release))
            .hint(format!("open it first: dossier release open {}", evaluation.release))
    })?;
    let commit = release.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    let analysis = Analysis::at_commit(ws, &commit)?;
    let named: Vec<&ItemId> =
        evaluation.hazards.iter().chain(&evaluation.controls).chain(&anomaly.report.body.affects).collect();
    known(&analysis, named.iter().copied())?;
    let body = AnomalyEvaluate {
        anomaly: evaluation.anomaly.clone(),
        release: evaluation.release.clone(),
        outcome: evaluation.outcome,
        hazards: evaluation.hazards.clone(),
        controls: evaluation.controls.clone(),
        rationale: evaluation.rationale.clone(),
        judged: judged(&analysis, &named),
        disclosure: disclosure(&analysis, evaluation)?,
        disclosed: match evaluation.disclosed.starts_with("DOC-") {
            true => String::new(),
            false => evaluation.disclosed.clone(),
        },
        use_effects: evaluation.use_effects.clone(),
        not_corrected: evaluation.not_corrected.clone(),
        plan: evaluation.plan.clone(),
    };
    let meaning = "I have evaluated this residual anomaly against the risk file";
    ws.act_on(&ledger, &state, actor, meaning, &body)
}

/// Whether an evaluation that a client made is bound to the texts of this checkout's risk file.
///
/// # Errors
/// When the release's commit or an item is not here, or a text is another.
pub(crate) fn evaluated_again(ws: &Workspace, state: &State, said: &AnomalyEvaluate) -> Result<()> {
    let anomaly = existing(state, &said.anomaly)?;
    let opened = state.releases.get(&said.release).and_then(|r| r.candidate());
    let commit = opened.and_then(|o| o.body.commits.first()).map(|c| c.commit.clone()).unwrap_or_default();
    let analysis = Analysis::at_commit(ws, &commit)?;
    let named: Vec<&ItemId> =
        said.hazards.iter().chain(&said.controls).chain(&anomaly.report.body.affects).collect();
    known(&analysis, named.iter().copied())?;
    if judged(&analysis, &named) != said.judged {
        return Err(Error::refused(format!(
            "the evaluation of `{}` is bound to other texts than those of release {}",
            said.anomaly, said.release
        )));
    }
    Ok(())
}

/// The items named, then what of the risk file hangs on them, nearest first.
fn judged(analysis: &Analysis, named: &[&ItemId]) -> Vec<JudgedItem> {
    let mut ids: Vec<ItemId> = named.iter().map(|id| (*id).clone()).collect();
    for id in named {
        let Some(ix) = analysis.model.find(id.as_str()) else { continue };
        let risk =
            |k: Kind| matches!(k, Kind::Hazard | Kind::HazardousSituation | Kind::Cause | Kind::RiskControl);
        if !risk(analysis.model.item(ix).kind) {
            continue;
        }
        let chain = trace::chain(&analysis.model, ix);
        let around = chain.up.iter().chain(&chain.down).map(|s| analysis.model.item(s.item));
        ids.extend(around.filter(|i| risk(i.kind)).map(|i| i.id.clone()));
    }
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids.truncate(MOST_JUDGED);
    let digest = |id: ItemId| analysis.item_digest(&id).map(|digest| JudgedItem { item: id, digest });
    let mut out: Vec<JudgedItem> = ids.into_iter().filter_map(digest).collect();
    out.sort_by(|a, b| a.item.cmp(&b.item));
    out
}

/// `DOC-IFU#Known anomalies` names a controlled document and a heading of it; anything else stays words.
fn disclosure(analysis: &Analysis, evaluation: &Evaluation) -> Result<Option<Disclosure>> {
    let (yes, no) = (evaluation.disclosed.trim(), evaluation.not_disclosed.trim());
    if !yes.is_empty() && !no.is_empty() {
        return Err(Error::refused("users are told, or they are not: give one of the two"));
    }
    if !no.is_empty() {
        return Ok(Some(Disclosure {
            disclosed: false,
            document: String::new(),
            section: String::new(),
            reason: no.to_owned(),
        }));
    }
    if !yes.starts_with("DOC-") {
        return Ok(None);
    }
    let (document, section) = yes.split_once('#').unwrap_or((yes, ""));
    if analysis.document_digest(document).is_none() {
        return Err(Error::refused(format!("there is no controlled document `{document}`"))
            .hint("list them with `dossier document list`; write `DOC-IFU#Known anomalies` for a section"));
    }
    Ok(Some(Disclosure {
        disclosed: true,
        document: document.to_owned(),
        section: section.to_owned(),
        reason: String::new(),
    }))
}

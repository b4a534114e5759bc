//! Signed evaluations of clauses: what turns the verdict `human` into `pass`.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::{EvaluationRecord, Judged};

/// What a person says of a clause.
#[derive(Clone, Debug)]
pub struct ClauseEvaluation {
    /// The clause, `62304:5.8.1`.
    pub clause: String,
    /// The software system, the release, or the product.
    pub subject: String,
    /// Whether the evidence is adequate.
    pub adequate: bool,
    /// Items, documents, runs and other records that were judged.
    pub judged: Vec<String>,
    /// Why.
    pub rationale: String,
}

/// Records a person's judgement of a clause over named evidence, each bound by its digest: the evaluation is stale when
/// one of them changes. For a release the texts are those of its frozen commit.
///
/// # Errors
/// When there is no such clause, nothing is named as judged, or something named does not exist.
pub fn clause_evaluate(ws: &Workspace, actor: &Actor, evaluation: &ClauseEvaluation) -> Result<Appended> {
    said("a rationale", &evaluation.rationale)?;
    if clauses::governing(&evaluation.clause).is_none() {
        return Err(Error::refused(format!("there is no clause `{}`", evaluation.clause))
            .hint("list them with `dossier clauses list`"));
    }
    if evaluation.judged.is_empty() {
        return Err(Error::refused("an evaluation names what was judged")
            .hint("name items, documents or runs with `--judged DOC-STP,RUN-3`"));
    }
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = match state.releases.get(&evaluation.subject) {
        Some(release) => Analysis::of_release(ws, release)?,
        None => Analysis::load(ws, &Inputs::default())?,
    };
    let digests = ledger.digests(None)?;
    let mut judged = Vec::new();
    for subject in &evaluation.judged {
        let of_text =
            analysis.document_digest(subject).or_else(|| analysis.item_digest(&subject.parse().ok()?));
        let of_record =
            || record_entry(&state, subject).and_then(|seq| digests.get(usize::try_from(seq).ok()?).copied());
        let digest = of_text
            .or_else(of_record)
            .ok_or_else(|| Error::refused(format!("there is no item, document or record `{subject}`")))?;
        judged.push(Judged { subject: subject.clone(), digest });
    }
    let body = EvaluationRecord {
        clause: evaluation.clause.clone(),
        subject: evaluation.subject.clone(),
        adequate: evaluation.adequate,
        judged,
        rationale: evaluation.rationale.clone(),
        fields: std::collections::BTreeMap::new(),
    };
    ws.act_on(&ledger, &state, actor, "I have judged this evidence against the clause", &body)
}

fn record_entry(state: &records::State, id: &str) -> Option<u64> {
    let run = state.runs.get(id).map(|r| r.meta().seq);
    let anomaly = || state.anomalies.get(id).map(|a| a.report.meta.seq);
    let change = || state.changes.get(id).map(|c| c.opened.meta.seq);
    run.or_else(anomaly).or_else(change)
}

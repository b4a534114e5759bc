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
    /// Answers to the questions of the clause's form, by name.
    pub fields: std::collections::BTreeMap<String, String>,
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
    answered(evaluation)?;
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
        fields: evaluation.fields.clone(),
    };
    ws.act_on(&ledger, &state, actor, "I have judged this evidence against the clause", &body)
}

/// Refuses an evaluation that leaves a question of the clause's form open or answers one that it does not ask.
fn answered(evaluation: &ClauseEvaluation) -> Result<()> {
    let Some(form) = rules::evaluation_form(&evaluation.clause) else { return Ok(()) };
    if let Some(unknown) = evaluation.fields.keys().find(|k| !form.questions.contains_key(*k)) {
        let names: Vec<&str> = form.questions.keys().map(String::as_str).collect();
        return Err(Error::refused(format!("the form of {} has no question `{unknown}`", form.clause))
            .hint(format!("it asks: {}", names.join(", "))));
    }
    let open = form.questions.iter().filter(|(name, _)| {
        evaluation.fields.get(*name).is_none_or(|answer| answer.split_whitespace().count() < 2)
    });
    let open: Vec<String> = open.map(|(name, question)| format!("--answer {name}='…'  {question}")).collect();
    if open.is_empty() || !evaluation.adequate {
        return Ok(());
    }
    Err(Error::refused(format!("the evaluation of {} leaves questions of its form open", form.clause))
        .hint(open.join("\n        ")))
}

fn record_entry(state: &records::State, id: &str) -> Option<u64> {
    let run = state.runs.get(id).map(|r| r.meta().seq);
    let anomaly = || state.anomalies.get(id).map(|a| a.report.meta.seq);
    let change = || state.changes.get(id).map(|c| c.opened.meta.seq);
    run.or_else(anomaly).or_else(change)
}

/// The form of a clause's evaluation, for people and machines.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ClauseForm {
    /// Always `dossier/evaluation-form/v1`.
    pub format: &'static str,
    /// The clause.
    pub clause: String,
    /// What is evidence, in one line.
    pub evidence: String,
    /// Kinds of items whose every item is to be judged.
    pub judges: Vec<String>,
    /// Name of the answer to what is asked.
    pub questions: std::collections::BTreeMap<String, String>,
}

/// What a person is asked who evaluates a clause.
///
/// # Errors
/// When there is no such clause, or it has no form because rules over evidence decide it.
pub fn clause_form(clause: &str) -> Result<ClauseForm> {
    let Some(known) = clauses::governing(clause) else {
        return Err(Error::refused(format!("there is no clause `{clause}`"))
            .hint("list them with `dossier clauses list`"));
    };
    let form = rules::evaluation_form(&known.id).ok_or_else(|| {
        Error::refused(format!("{} has no form: its verdict comes from rules over evidence", known.id))
            .hint(format!("see how it is checked: dossier explain {}", known.id))
    })?;
    Ok(ClauseForm {
        format: "dossier/evaluation-form/v1",
        clause: form.clause.clone(),
        evidence: known.evidence.clone(),
        judges: form.judges.clone(),
        questions: form.questions.clone(),
    })
}

impl ClauseForm {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n  evidence: {}\n", self.clause, self.evidence);
        if !self.judges.is_empty() {
            out.push_str(&format!(
                "  judged: every {}, itself or by its document\n",
                self.judges.join(", every ")
            ));
        }
        for (name, question) in &self.questions {
            out.push_str(&format!("  --answer {name}='…'\n      {question}\n"));
        }
        out
    }
}

//! The 5.8.6 checklist and deviations from the verification plan.

use super::existing;
use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::{ChecklistLine, DeviationRecord, ReleaseChecklist};

/// Answers to the lines of the template.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Line and document.
    pub documents: Vec<(String, String)>,
    /// Line and the reason why it does not apply.
    pub not_applicable: Vec<(String, String)>,
}

/// Answers the checklist of a release: each line of the controlled template with a document at its frozen content, or with
/// the reason why it does not apply.
///
/// # Errors
/// When a line of the template is left open, a line is not in the template, or a document is not in the frozen commit.
pub fn release_checklist(
    ws: &Workspace,
    actor: &Actor,
    version: &str,
    template: &str,
    answers: &Answers,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = Analysis::of_release(ws, existing(&state, version)?)?;
    let template_digest = analysis.document_digest(template).ok_or_else(|| no_document(template))?;
    let asked = analysis.checklist_lines(template);
    if asked.is_empty() {
        return Err(Error::refused(format!("`{template}` asks for nothing: it has no list of lines")).hint(
            "a checklist template lists its lines as bullets that begin with a name in backticks: - `ifu`: …",
        ));
    }
    let mut lines = Vec::new();
    for line in &asked {
        lines.push(answer(&analysis, answers, line)?);
    }
    let given = answers.documents.iter().chain(&answers.not_applicable).map(|(l, _)| l);
    if let Some(extra) = given.into_iter().find(|l| !asked.contains(l)) {
        return Err(Error::refused(format!("the template has no line `{extra}`"))
            .hint(format!("its lines are {}", asked.join(", "))));
    }
    let body =
        ReleaseChecklist { version: version.into(), template: template.into(), template_digest, lines };
    ws.act_on(&ledger, &state, actor, "planned activities and documents are complete for this release", &body)
}

fn answer(analysis: &Analysis, answers: &Answers, line: &str) -> Result<ChecklistLine> {
    let find = |list: &[(String, String)]| list.iter().find(|(l, _)| l == line).map(|(_, v)| v.clone());
    let (document, reason) = (find(&answers.documents), find(&answers.not_applicable));
    let digest = match (&document, &reason) {
        (Some(_), Some(_)) => return Err(Error::refused(format!("`{line}` is answered twice"))),
        (None, None) => {
            return Err(Error::refused(format!("`{line}` is not answered"))
                .hint(format!("--line {line}=DOC-…, or --not-applicable {line}=REASON")));
        }
        (Some(document), None) => {
            Some(analysis.document_digest(document).ok_or_else(|| no_document(document))?)
        }
        (None, Some(_)) => None,
    };
    Ok(ChecklistLine { line: line.to_owned(), document, digest, not_applicable: reason })
}

fn no_document(id: &str) -> Error {
    Error::refused(format!("there is no controlled document `{id}` in the frozen commit"))
        .hint("list them with `dossier document list`")
}

/// Records that a planned case was not run or not passed, and why the release goes on.
///
/// # Errors
/// When case, anomaly or release do not exist.
pub fn release_deviation(ws: &Workspace, actor: &Actor, body: &DeviationRecord) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = Analysis::of_release(ws, existing(&state, &body.version)?)?;
    for case in std::iter::once(&body.case).chain(&body.verified_by) {
        if analysis.item_digest(case).is_none() {
            return Err(Error::refused(format!("there is no test case `{case}` in the frozen commit")));
        }
    }
    ws.act_on(&ledger, &state, actor, "this deviation from the verification plan is tenable", body)
}

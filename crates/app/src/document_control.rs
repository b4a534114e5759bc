//! Controlled documents: approved at a content, listed with their approvals.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::Result;
use crate::workspace::{Appended, Workspace};
use records::{DocumentApprove, Record};
use serde::Serialize;

/// What an approval means.
pub(crate) const MEANING: &str = "I approve this content";

/// Approves a document at its present content, or at that of a revision. An edit voids the approval, because it binds to
/// the content.
///
/// # Errors
/// When there is no such document, it was approved at this content by this person before, or the person cannot sign.
pub fn document_approve(ws: &Workspace, actor: &Actor, document: &str, at: Option<&str>) -> Result<Appended> {
    approve(ws, actor, document, at)
        .inspect_err(|e| ws.note_refusal(actor, <DocumentApprove as Record>::KIND, document, e))
}

fn approve(ws: &Workspace, actor: &Actor, document: &str, at: Option<&str>) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let ws = &ws.with_texts_at(at);
    let digest = crate::document_life::content(ws, &state, document, at)?;
    let body = DocumentApprove { document: document.to_owned(), digest };
    ws.act_on(&ledger, &state, actor, MEANING, &body)
}

/// A document in a list.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentRow {
    /// Its id.
    pub document: String,
    /// Its title.
    pub title: String,
    /// Its file.
    pub file: String,
    /// Its content digest.
    pub digest: String,
    /// The revision for people, where one was submitted.
    pub revision: Option<String>,
    /// `draft`, `in review`, `approved`, `effective`, `superseded`, `obsolete`.
    pub stage: &'static str,
    /// The day from which this content is in effect.
    pub effective_from: Option<vocabulary::Date>,
    /// The day by which the document is reviewed again.
    pub review_due: Option<vocabulary::Date>,
    /// The roles that each have to approve it, where `[documents.approvers]` names some.
    pub approvers: Vec<String>,
    /// Who approved this content, with role and time.
    pub approved_by: Vec<String>,
    /// Whether an earlier content was approved and this one is not.
    pub approval_void: bool,
}

/// All controlled documents.
///
/// # Errors
/// When something cannot be read.
pub fn document_list(ws: &Workspace, inputs: &Inputs) -> Result<Vec<DocumentRow>> {
    let analysis = Analysis::items(ws, inputs)?;
    let state = &analysis.state;
    let row = |d: &documents::Document| {
        let approved: Vec<String> = state
            .approvals_of(d.id.as_str(), d.digest)
            .filter_map(|a| a.meta.signer.as_deref())
            .map(|s| format!("{} ({}) {}", s.name, s.role, s.at))
            .collect();
        let life = state.documents.get(d.id.as_str());
        let effective = life.and_then(|l| l.effective.iter().rev().find(|e| e.body.digest == d.digest));
        DocumentRow {
            revision: life.and_then(|l| l.revision(d.digest)).map(str::to_owned),
            stage: state.document_stage(d.id.as_str(), d.digest, analysis.as_of).as_str(),
            effective_from: effective.map(|e| e.body.from),
            review_due: life.and_then(|l| l.review_due()),
            document: d.id.to_string(),
            title: d.title.clone(),
            file: d.file.path.to_string(),
            digest: d.digest.to_string(),
            approval_void: approved.is_empty() && state.approvals.contains_key(d.id.as_str()),
            approvers: {
                let named = &ws.config.documents.approvers;
                let by_kind = d.kind.as_deref().and_then(|kind| named.get(kind));
                named.get(d.id.as_str()).or(by_kind).cloned().unwrap_or_default()
            },
            approved_by: approved,
        }
    };
    let elsewhere = |(id, life): (&String, &records::state::DocumentLife)| {
        let last = &life.external.last()?.body;
        let approved: Vec<String> = state
            .approvals_of(id, last.digest)
            .filter_map(|a| a.meta.signer.as_deref())
            .map(|s| format!("{} ({}) {}", s.name, s.role, s.at))
            .collect();
        Some(DocumentRow {
            document: id.clone(),
            title: last.title.clone(),
            file: last.location.clone(),
            digest: last.digest.to_string(),
            revision: Some(last.revision.clone()),
            stage: state.document_stage(id, last.digest, analysis.as_of).as_str(),
            effective_from: life.in_effect(analysis.as_of).map(|e| e.body.from),
            review_due: life.review_due(),
            approval_void: approved.is_empty() && state.approvals.contains_key(id),
            approvers: ws.config.documents.approvers.get(id).cloned().unwrap_or_default(),
            approved_by: approved,
        })
    };
    let mut rows: Vec<DocumentRow> = analysis.documents.controlled.iter().map(row).collect();
    rows.extend(state.documents.iter().filter_map(elsewhere));
    Ok(rows)
}

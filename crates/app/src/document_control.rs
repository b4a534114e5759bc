//! Controlled documents: approved at a content, listed with their approvals.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::DocumentApprove;
use serde::Serialize;

/// Approves a document at its present content, or at that of a revision. An edit voids the approval, because it binds to
/// the content.
///
/// # Errors
/// When there is no such document, it was approved at this content by this person before, or the person cannot sign.
pub fn document_approve(ws: &Workspace, actor: &Actor, document: &str, at: Option<&str>) -> Result<Appended> {
    let analysis = match at {
        Some(revision) => Analysis::at_commit(ws, revision)?,
        None => Analysis::of_work_tree(ws)?,
    };
    let digest = *analysis.approvable().get(document).ok_or_else(|| {
        Error::refused(format!("there is no controlled document `{document}`"))
            .hint("a document is controlled by `document: DOC-…` in its front matter; list them: dossier document list")
    })?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let again = state.approvals_of(document, digest).any(|a| a.meta.actor == actor.person);
    if again {
        return Err(Error::refused(format!(
            "`{}` approved `{document}` at this content before",
            actor.person
        )));
    }
    let body = DocumentApprove { document: document.to_owned(), digest };
    ws.act_on(&ledger, &state, actor, "I approve this content", &body)
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
    let analysis = if ws.config.ledger.origin.is_none() {
        Analysis::documents_only(ws, inputs)?
    } else {
        Analysis::load(ws, inputs)?
    };
    let state = &analysis.state;
    let row = |d: &documents::Document| {
        let approved: Vec<String> = state
            .approvals_of(d.id.as_str(), d.digest)
            .filter_map(|a| a.meta.signer.as_ref())
            .map(|s| format!("{} ({}) {}", s.name, s.role, s.at))
            .collect();
        DocumentRow {
            document: d.id.to_string(),
            title: d.title.clone(),
            file: d.file.path.to_string(),
            digest: d.digest.to_string(),
            approval_void: approved.is_empty() && state.approvals.contains_key(d.id.as_str()),
            approved_by: approved,
        }
    };
    Ok(analysis.documents.controlled.iter().map(row).collect())
}

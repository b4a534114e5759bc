//! Controlled documents over their life: submitted, effective, read, reviewed, withdrawn; and procedures kept elsewhere.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::{DocumentLife, DocumentStage};
use records::{
    DocumentEffective, DocumentExternal, DocumentObsolete, DocumentRead, DocumentReview, DocumentSubmit,
    State,
};
use serde::Serialize;
use std::path::Path;
use vocabulary::{Date, Digest};

/// The content of a document now, or at a revision; of a procedure kept elsewhere, that of its last revision.
pub(crate) fn content(ws: &Workspace, state: &State, document: &str, at: Option<&str>) -> Result<Digest> {
    if let Some(digest) = state.external_digest(document) {
        return Ok(digest);
    }
    let analysis = match at {
        Some(revision) => Analysis::at_commit(ws, revision)?,
        None => Analysis::of_work_tree(ws)?,
    };
    analysis.approvable().get(document).copied().ok_or_else(|| {
        Error::refused(format!("there is no controlled document `{document}`"))
            .hint("a document is controlled by `document: DOC-…` in its front matter; list them: dossier document list")
            .hint("a procedure kept elsewhere is entered with `dossier document external`")
    })
}

/// The author puts the present content up for review, as a revision and with what changed.
///
/// # Errors
/// When there is no such document, or the revision's name is that of another content.
pub fn document_submit(
    ws: &Workspace,
    actor: &Actor,
    document: &str,
    revision: &str,
    reason: &str,
    at: Option<&str>,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let ws = &ws.with_texts_at(at);
    let digest = content(ws, &state, document, at)?;
    let body = DocumentSubmit {
        document: document.to_owned(),
        digest,
        revision: revision.to_owned(),
        reason: reason.to_owned(),
    };
    ws.act_on(&ledger, &state, actor, "I am the author of this revision", &body)
}

/// An approved content comes into effect on a day: not before everybody who must know it has read it.
///
/// # Errors
/// When it is not approved, a holder of a role that must know it has not read it, or the day is past.
pub fn document_effective(
    ws: &Workspace,
    actor: &Actor,
    document: &str,
    from: Option<Date>,
    readers: &[String],
    review_due: Option<Date>,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let digest = content(ws, &state, document, None)?;
    let from = from.unwrap_or(today);
    let mut persons: Vec<String> = Vec::new();
    for reader in readers {
        if state.persons.contains_key(reader) {
            persons.push(reader.clone());
            continue;
        }
        let holders: Vec<String> = state.holders_of(reader, today).map(|(id, _)| id.to_owned()).collect();
        if holders.is_empty() {
            return Err(Error::refused(format!(
                "`{reader}` is neither a person nor a role that somebody holds"
            )));
        }
        persons.extend(holders);
    }
    persons.sort();
    persons.dedup();
    let body =
        DocumentEffective { document: document.to_owned(), digest, from, readers: persons, review_due };
    ws.act_on(&ledger, &state, actor, "I put this revision into effect", &body)
}

/// A document is withdrawn.
///
/// # Errors
/// When nothing of it was recorded.
pub fn document_obsolete(ws: &Workspace, actor: &Actor, document: &str, reason: &str) -> Result<Appended> {
    let body = DocumentObsolete { document: document.to_owned(), reason: reason.to_owned() };
    ws.record_act(actor, "I withdraw this document", &body)
}

/// A person has read the present content and understood it.
///
/// # Errors
/// When the content was neither submitted nor approved.
pub fn document_read(ws: &Workspace, actor: &Actor, document: &str) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let digest = content(ws, &state, document, None)?;
    let body = DocumentRead { document: document.to_owned(), digest };
    ws.act_on(&ledger, &state, actor, "I have read this and understood it", &body)
}

/// The periodic review.
///
/// # Errors
/// When nothing is said, or the next date is past.
pub fn document_review(
    ws: &Workspace,
    actor: &Actor,
    document: &str,
    adequate: bool,
    remark: &str,
    next_due: Option<Date>,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let digest = content(ws, &state, document, None)?;
    let body = DocumentReview {
        document: document.to_owned(),
        digest,
        adequate,
        remark: remark.to_owned(),
        next_due,
    };
    ws.act_on(&ledger, &state, actor, "I have reviewed this document", &body)
}

/// A procedure that is kept elsewhere, as it is entered.
#[derive(Clone, Debug)]
pub struct ExternalProcedure {
    /// The id by which it is known here.
    pub document: String,
    /// Its title.
    pub title: String,
    /// Its revision there.
    pub revision: String,
    /// Where it is kept.
    pub location: String,
    /// What changed and why; needed from the second revision on.
    pub reason: String,
}

/// Enters a procedure that is kept elsewhere, bound by the digest of its file.
///
/// # Errors
/// When the file cannot be read or is empty, or a further revision has no reason.
pub fn document_external(
    ws: &Workspace,
    by: &str,
    procedure: &ExternalProcedure,
    file: &Path,
) -> Result<Appended> {
    let bytes = std::fs::read(file).doing(format_args!("read {}", file.display()))?;
    if bytes.is_empty() {
        return Err(Error::refused(format!("{} is empty", file.display())));
    }
    if Analysis::of_work_tree(ws)?.approvable().contains_key(&procedure.document) {
        return Err(Error::refused(format!("`{}` is a document of this product", procedure.document)));
    }
    let ExternalProcedure { document, title, revision, location, reason } = procedure.clone();
    ws.record(
        by,
        &DocumentExternal { document, title, revision, digest: Digest::of(&bytes), location, reason },
    )
}

/// One line of a document's history.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentStep {
    /// The entry.
    pub entry: u64,
    /// When.
    pub at: String,
    /// What: `submitted`, `approved`, `effective`, `read`, `reviewed`, `compared`, `obsolete`, `external`.
    pub step: &'static str,
    /// The revision for people, where one was given.
    pub revision: String,
    /// The content.
    pub digest: String,
    /// Who, with name, role and meaning.
    pub who: String,
    /// What was said: reason, day of effect, remark.
    pub said: String,
}

/// A document with its life.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentHistory {
    /// The document.
    pub document: String,
    /// How far the present content has come.
    pub stage: &'static str,
    /// Its revision for people.
    pub revision: Option<String>,
    /// The present content.
    pub digest: Option<String>,
    /// The day by which it is reviewed again.
    pub review_due: Option<Date>,
    /// Everything that happened to it, oldest first.
    pub history: Vec<DocumentStep>,
}

/// The history of a document: every revision stays retrievable and is marked with what became of it.
///
/// # Errors
/// When nothing is known of such a document.
pub fn document_history(ws: &Workspace, inputs: &Inputs, document: &str) -> Result<DocumentHistory> {
    let analysis = Analysis::listed(ws, inputs)?;
    let state = &analysis.state;
    let digest = analysis.approvable().get(document).copied().or_else(|| state.external_digest(document));
    let life = state.documents.get(document);
    if digest.is_none() && life.is_none() && !state.approvals.contains_key(document) {
        return Err(Error::refused(format!("there is no controlled document `{document}`"))
            .hint("list them: dossier document list"));
    }
    let stage = match digest {
        Some(digest) => state.document_stage(document, digest, analysis.as_of),
        None => DocumentStage::Obsolete,
    };
    Ok(DocumentHistory {
        document: document.to_owned(),
        stage: stage.as_str(),
        revision: digest.and_then(|d| life?.revision(d)).map(str::to_owned),
        digest: digest.map(|d| d.to_string()),
        review_due: life.and_then(DocumentLife::review_due),
        history: steps(state, document),
    })
}

fn steps(state: &State, document: &str) -> Vec<DocumentStep> {
    let mut out = Vec::new();
    let empty = DocumentLife::default();
    let life = state.documents.get(document).unwrap_or(&empty);
    let mut happened = |meta: &records::Meta, step: &'static str, digest: Option<Digest>, said: String| {
        let who = match &meta.signer {
            Some(s) => format!("{} ({}): {}", s.name, s.role, s.meaning),
            None => meta.actor.to_string(),
        };
        out.push(DocumentStep {
            entry: meta.seq,
            at: meta.at.to_string(),
            step,
            revision: digest.and_then(|d| life.revision(d)).unwrap_or_default().to_owned(),
            digest: digest.map(|d| d.to_string()).unwrap_or_default(),
            who,
            said,
        });
    };
    for s in &life.submissions {
        happened(&s.meta, "submitted", Some(s.body.digest), s.body.reason.clone());
    }
    for a in state.approvals.get(document).into_iter().flatten() {
        happened(&a.meta, "approved", Some(a.body.digest), String::new());
    }
    for e in &life.effective {
        happened(&e.meta, "effective", Some(e.body.digest), format!("from {}", e.body.from));
    }
    for r in &life.reads {
        happened(&r.meta, "read", Some(r.body.digest), String::new());
    }
    for r in &life.reviews {
        happened(&r.meta, "reviewed", Some(r.body.digest), r.body.remark.clone());
    }
    for x in &life.external {
        happened(
            &x.meta,
            "external",
            Some(x.body.digest),
            format!("{} at {}", x.body.title, x.body.location),
        );
    }
    for c in state.compared_texts.iter().filter(|c| c.body.subject == document) {
        let at = c.body.commit.as_deref().map(|c| format!(" at {}", c.get(..12).unwrap_or(c)));
        let said = format!("{}: {}{}", c.body.act, c.body.outcome.as_str(), at.unwrap_or_default());
        happened(&c.meta, "compared", Some(c.body.digest), said);
    }
    if let Some(o) = &life.obsolete {
        happened(&o.meta, "obsolete", None, o.body.reason.clone());
    }
    out.sort_by_key(|s| s.entry);
    out
}

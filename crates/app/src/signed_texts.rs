//! Texts that a person signs in a checkout of their own, while a server keeps the ledger: the client says at which commit they
//! stand, the server computes their digests there itself. What differs is refused by name; what the server has not, it says in an
//! entry of its own.

use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::record_rules::body;
use crate::workspace::Workspace;
use ledger::Draft;
use records::confirmations;
use records::*;
use std::collections::BTreeMap;
use vocabulary::Digest;

/// Kinds whose signature covers a text of the checkout.
const OF_TEXTS: [&str; 6] = [
    DocumentApprove::KIND,
    DocumentSubmit::KIND,
    DocumentEffective::KIND,
    DocumentRead::KIND,
    DocumentReview::KIND,
    TraceConfirm::KIND,
];

/// Whether one of the drafts is about a text.
pub(crate) fn any_of_texts(drafts: &[Draft]) -> bool {
    drafts.iter().any(|d| OF_TEXTS.contains(&d.kind.as_str()))
}

/// The commit at which the texts of this checkout stand: the one that the command names, or the present one where nothing was changed
/// since.
pub(crate) fn stand_at(ws: &Workspace) -> Option<String> {
    let repository = crate::repository::open(ws).ok()?;
    match &ws.texts_at {
        Some(revision) => crate::repository::resolve(&repository, revision).ok(),
        None if repository.status().ok()?.is_empty() => repository.head().ok().map(|c| c.to_string()),
        None => None,
    }
}

/// What was signed: texts by name with their digests.
struct Signed {
    subject: String,
    digest: Digest,
    texts: BTreeMap<String, Digest>,
    /// The commit that the record itself names.
    commit: Option<String>,
}

/// What this server finds of the texts of a client's drafts, as drafts of its own.
///
/// # Errors
/// With the text that differs at the commit that the client named.
pub(crate) fn compared(
    ws: &Workspace,
    state: &State,
    texts_at: Option<&str>,
    drafts: &[Draft],
) -> Result<Vec<Draft>> {
    let mut out = Vec::new();
    for draft in drafts {
        let Some(signed) = signed(ws, state, draft)? else { continue };
        let named = signed.commit.as_deref().or(texts_at);
        let (commit, outcome) = found(ws, &signed, named)?;
        let said = TextCompare {
            subject: signed.subject,
            act: draft.kind.clone(),
            digest: signed.digest,
            commit,
            outcome,
        };
        let at = crate::act::At { via: &draft.via, ..ws.at(state) };
        out.push(at.process("dossier", &said)?);
    }
    Ok(out)
}

/// The texts that a draft is about; none where it is about no text of a checkout.
fn signed(ws: &Workspace, state: &State, draft: &Draft) -> Result<Option<Signed>> {
    let one = |document: String, digest: Digest| {
        // A procedure that is kept elsewhere has no text here; its digest is the ledger's own.
        (state.external_digest(&document) != Some(digest)).then(|| Signed {
            subject: document.clone(),
            digest,
            texts: BTreeMap::from([(document, digest)]),
            commit: None,
        })
    };
    Ok(match draft.kind.as_str() {
        DocumentApprove::KIND => body(draft).map(|b: DocumentApprove| one(b.document, b.digest))?,
        DocumentSubmit::KIND => body(draft).map(|b: DocumentSubmit| one(b.document, b.digest))?,
        DocumentEffective::KIND => body(draft).map(|b: DocumentEffective| one(b.document, b.digest))?,
        DocumentRead::KIND => body(draft).map(|b: DocumentRead| one(b.document, b.digest))?,
        DocumentReview::KIND => body(draft).map(|b: DocumentReview| one(b.document, b.digest))?,
        TraceConfirm::KIND => {
            let b: TraceConfirm = body(draft)?;
            if !ws.blobs().has(b.links) {
                return Err(Error::refused(format!(
                    "the list of confirmed links is not kept here: {}",
                    b.links
                ))
                .hint("evidence is sent before an entry names it: PUT /api/v1/blobs/DIGEST"));
            }
            let links = confirmations::read(&ws.blobs().get(b.links)?)
                .map_err(|e| Error::refused(format!("the list of confirmed links cannot be read: {e}")))?;
            let ends = links.iter().flat_map(|l| [(&l.from, l.from_digest), (&l.to, l.to_digest)]);
            let texts = ends.map(|(id, digest)| (id.to_string(), digest)).collect();
            Some(Signed { subject: b.scope, digest: b.links, texts, commit: b.commit })
        }
        _ => None,
    })
}

/// Where the server has these texts: at the commit that was named, else at its own present one.
fn found(ws: &Workspace, signed: &Signed, named: Option<&str>) -> Result<(Option<String>, TextOutcome)> {
    let Ok(repository) = crate::repository::open(ws) else {
        return Ok((named.map(str::to_owned), TextOutcome::CommitNotHere));
    };
    if let Some(named) = named
        && let Ok(commit) = repository.resolve(named)
    {
        let own = texts(&Analysis::at_commit(ws, &commit.to_string())?);
        for (name, said) in &signed.texts {
            let here = own.get(name);
            if here != Some(said) {
                let here = here.map_or("no such text".to_owned(), ToString::to_string);
                return Err(Error::refused(format!(
                    "`{name}` at {commit} is {here} for this server, what was signed is {said}"
                ))
                .hint("compare checkout and version of the program with the server's"));
            }
        }
        return Ok((Some(commit.to_string()), TextOutcome::Same));
    }
    // What stands in no commit of the client's may stand in the server's all the same.
    if let Ok(head) = repository.head() {
        let own = texts(&Analysis::at_commit(ws, &head.to_string())?);
        if signed.texts.iter().all(|(name, said)| own.get(name) == Some(said)) {
            return Ok((Some(head.to_string()), TextOutcome::Same));
        }
    }
    let outcome = if named.is_some() { TextOutcome::CommitNotHere } else { TextOutcome::NoCommit };
    Ok((named.map(str::to_owned), outcome))
}

/// Documents and items by id with their digests.
fn texts(analysis: &Analysis) -> BTreeMap<String, Digest> {
    let mut out: BTreeMap<String, Digest> =
        analysis.model.items().iter().map(|i| (i.id.to_string(), i.digest)).collect();
    out.extend(analysis.approvable());
    out
}

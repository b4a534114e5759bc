//! What a person reads before signing: what it is, the digest that the signature covers, and what it means in each role.

use crate::authority::{Permission, permission};
use crate::error::{Error, Result};
use crate::releases::existing;
use crate::workspace::Workspace;
use records::{DocumentApprove, Record, ReleaseSign, kind_info};

/// What there is to sign.
#[derive(Clone, Debug)]
pub struct SignQuestion {
    /// Its name.
    pub title: String,
    /// What is being signed, in a sentence.
    pub what: String,
    /// The kind of the record that is signed.
    pub kind: &'static str,
    /// What the record is about.
    pub subject: String,
    /// The digest that the signature covers, in hex.
    pub digest: String,
    /// Role, and what the signature means in it.
    pub choices: Vec<(String, String)>,
}

/// The evidence manifest of the last verdict of a release. That it still holds is looked at when it is signed.
///
/// # Errors
/// When there is no verdict to sign.
pub fn release_question(ws: &Workspace, version: &str) -> Result<SignQuestion> {
    let state = ws.ledger()?.state(None)?;
    let release = existing(&state, version)?;
    let gate = release.gate().ok_or_else(|| {
        Error::refused(format!("release `{version}` has no verdict"))
            .hint(format!("judge it first: dossier release gate {version}"))
    })?;
    let body = &gate.body;
    let choice = |role: &String| (role.clone(), release::statements::of_role(role).to_owned());
    Ok(SignQuestion {
        title: format!("Release {version}"),
        what: format!(
            "The evidence manifest of {} {version}, candidate {}: verdict {} at ledger position {}, as of {}.",
            state.product, body.candidate, body.verdict, body.position, body.as_of
        ),
        kind: ReleaseSign::KIND,
        subject: version.to_owned(),
        digest: body.manifest.to_string(),
        choices: ws.config.roles.release.iter().map(choice).collect(),
    })
}

/// The present content of a controlled document.
///
/// # Errors
/// When there is no such document.
pub fn document_question(ws: &Workspace, document: &str) -> Result<SignQuestion> {
    let state = ws.ledger()?.state(None)?;
    let digest = crate::document_life::content(ws, &state, document, None)?;
    let revision = state.documents.get(document).and_then(|l| l.revision(digest));
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let stage = state.document_stage(document, digest, today);
    let kind = kind_info(DocumentApprove::KIND);
    let mut roles: Vec<String> =
        state.persons.values().flat_map(|p| p.roles.iter()).map(|r| r.granted.body.role.clone()).collect();
    roles.sort();
    roles.dedup();
    roles.retain(|r| kind.is_some_and(|k| permission(&ws.config, k, r) != Permission::No));
    let meaning = crate::document_control::MEANING.to_owned();
    Ok(SignQuestion {
        title: format!("Document {document}"),
        what: format!(
            "The present content of {document}{}, which is {}.",
            revision.map(|r| format!(", revision {r}")).unwrap_or_default(),
            stage.as_str()
        ),
        kind: DocumentApprove::KIND,
        subject: document.to_owned(),
        digest: digest.to_string(),
        choices: roles.into_iter().map(|r| (r, meaning.clone())).collect(),
    })
}

/// What waits for the signature of a person: releases with a verdict on which a seat of theirs is open, and documents whose
/// present content they may approve, did not write, and that lack an approval of a role of theirs. Whether it is a release, its
/// id, its title.
///
/// # Errors
/// When ledger or documents cannot be read.
pub fn sign_waiting(ws: &Workspace, person: &str) -> Result<Vec<(bool, String, String)>> {
    let state = ws.ledger()?.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let Some(who) = state.persons.get(person) else { return Ok(Vec::new()) };
    let holds = |role: &str| who.holds(role, state.position, today);
    let mut out = Vec::new();
    for (version, release) in &state.releases {
        let Some(gate) = release.gate().filter(|g| g.body.verdict != "fail") else { continue };
        let signed = |role: &str| {
            release.signatures.iter().any(|s| s.body.role == role && s.body.manifest == gate.body.manifest)
        };
        let by_me = release
            .signatures
            .iter()
            .any(|s| s.meta.actor == person && s.body.manifest == gate.body.manifest);
        let open = ws.config.roles.release.iter().any(|role| holds(role) && !signed(role));
        if release.sealed.is_none() && release.withdrawn.is_none() && open && !by_me {
            out.push((true, version.clone(), format!("Release {version}")));
        }
    }
    let kind = kind_info(DocumentApprove::KIND);
    let may = |role: &str| kind.is_some_and(|k| permission(&ws.config, k, role) != Permission::No);
    for row in crate::document_control::document_list(ws, &crate::analysis::Inputs::default())? {
        let Ok(digest) = row.digest.parse() else { continue };
        let signed: Vec<&str> = state
            .approvals_of(&row.document, digest)
            .filter_map(|a| a.meta.signer.as_deref())
            .flat_map(|s| [s.role.as_str(), s.person.as_str()])
            .collect();
        // Where roles are named for the document, each of them; else any that may.
        let named = row.approvers.iter().any(|role| holds(role) && !signed.contains(&role.as_str()));
        let any = row.approvers.is_empty()
            && signed.is_empty()
            && who.roles.iter().map(|r| r.granted.body.role.as_str()).any(|role| may(role) && holds(role));
        let author = state
            .documents
            .get(&row.document)
            .is_some_and(|life| life.submission(digest).is_some_and(|s| s.meta.actor == person));
        if (named || any) && !author && !signed.contains(&person) && row.stage != "obsolete" {
            let title = format!("Document {}: {}, {}", row.document, row.title, row.stage);
            out.push((false, row.document, title));
        }
    }
    Ok(out)
}

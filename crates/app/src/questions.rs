//! What a person reads before signing: what it is, the digest that the signature covers, and what it means in each role.

use crate::authority::{Permission, permission};
use crate::error::{Error, Result};
use crate::releases::existing;
use crate::workspace::Workspace;
use records::{DocumentApprove, Record, kind_info};

/// What there is to sign.
#[derive(Clone, Debug)]
pub struct SignQuestion {
    /// Its name.
    pub title: String,
    /// What is being signed, in a sentence.
    pub what: String,
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
        digest: digest.to_string(),
        choices: roles.into_iter().map(|r| (r, meaning.clone())).collect(),
    })
}

/// What waits for a signature: releases with a verdict that is not sealed, and documents whose present content nobody approved.
/// Whether it is a release, its id, its title.
///
/// # Errors
/// When ledger or documents cannot be read.
pub fn sign_waiting(ws: &Workspace) -> Result<Vec<(bool, String, String)>> {
    let state = ws.ledger()?.state(None)?;
    let open = |(_, r): &(&String, &records::state::Release)| {
        r.gate().is_some_and(|g| g.body.verdict != "fail") && r.sealed.is_none() && r.withdrawn.is_none()
    };
    let releases = state.releases.iter().filter(open);
    let mut out: Vec<(bool, String, String)> =
        releases.map(|(v, _)| (true, v.clone(), format!("Release {v}"))).collect();
    for row in crate::document_control::document_list(ws, &crate::analysis::Inputs::default())? {
        if row.approved_by.is_empty() && row.stage != "obsolete" {
            let title = format!("Document {}: {}, {}", row.document, row.title, row.stage);
            out.push((false, row.document, title));
        }
    }
    Ok(out)
}

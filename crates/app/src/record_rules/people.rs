//! Rules of persons, keys, roles, tokens and the life of documents.

use super::Cx;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use records::*;

pub(super) fn enrol(_: &Cx<'_>, body: &PersonEnrol) -> Result<()> {
    let fits = body.person.starts_with(|c: char| c.is_ascii_lowercase())
        && body.person.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits {
        return Err(Error::refused(format!("`{}` is no person id", body.person))
            .hint("lower-case letters, digits and hyphens, beginning with a letter: `qa-lead`"));
    }
    said("a printed name", &body.name)?;
    said("how the identity was verified", &body.identity_proof)
}

pub(super) fn train(_: &Cx<'_>, body: &PersonTrain) -> Result<()> {
    said("what the training was for", &body.subject)?;
    said("a reference to the evidence", &body.reference)?;
    if body.until.is_some_and(|until| until < body.on) {
        return Err(Error::refused("the training would end before its own day"));
    }
    Ok(())
}

pub(super) fn revoke(cx: &Cx<'_>, body: &RoleRevoke) -> Result<()> {
    said("a reason", &body.reason)?;
    let (state, today) = (cx.state, cx.today()?);
    if !state.persons.get(&body.person).is_some_and(|p| p.holds(&body.role, state.position, today)) {
        return Err(Error::refused(format!("`{}` does not hold the role `{}`", body.person, body.role)));
    }
    Ok(())
}

/// The longest that an invitation waits, in hours.
pub(crate) const INVITATION_HOURS_MAX: u32 = 168;

/// Soon, and only where no password is in use: a code that could put another key in the place of one that signs would be worth
/// stealing.
pub(super) fn invite(cx: &Cx<'_>, body: &CredentialInvite) -> Result<()> {
    let now = cx.ws.clock.now();
    let longest = i64::from(INVITATION_HOURS_MAX) * 3_600_000;
    let wait = body.until.millis().saturating_sub(now.millis());
    if wait <= 0 || wait > longest {
        return Err(Error::refused(format!(
            "an enrolment code is taken until {}: that is past, or too late",
            body.until
        ))
        .hint(format!("--hours N, from 1 to {INVITATION_HOURS_MAX}")));
    }
    let account = cx.state.accounts.get(&body.person);
    if account.is_some_and(|a| a.revoked.is_none()) {
        return Err(Error::refused(format!("`{}` has a password", body.person))
            .hint("where it is lost, take it away first: dossier key password-revoke PERSON --reason lost"));
    }
    Ok(())
}

pub(super) fn token(cx: &Cx<'_>, body: &TokenIssue) -> Result<()> {
    identifier("the name of a token", &body.token)?;
    said("whose it is", &body.holder)?;
    if body.scopes.is_empty() || body.scopes.iter().any(|s| !matches!(s.as_str(), "read" | "write")) {
        return Err(
            Error::refused("a token reads, or reads and writes").hint("--scope read, or --scope read,write")
        );
    }
    if body.until < cx.today()? {
        return Err(Error::refused(format!("{} is past", body.until)));
    }
    Ok(())
}

pub(super) fn document_approve(cx: &Cx<'_>, body: &DocumentApprove) -> Result<()> {
    let by = &cx.draft.actor;
    if cx.state.approvals_of(&body.document, body.digest).any(|a| a.meta.actor == *by) {
        return Err(Error::refused(format!("`{by}` approved `{}` at this content before", body.document)));
    }
    Ok(())
}

pub(super) fn document_effective(cx: &Cx<'_>, body: &DocumentEffective) -> Result<()> {
    let DocumentEffective { document, digest, from, readers, review_due } = body;
    if *from < cx.today()? {
        return Err(Error::refused(format!("{from} is past; a document comes into effect today or later")));
    }
    if let Some(due) = review_due.filter(|due| due <= from) {
        return Err(Error::refused(format!(
            "the review would be due on {due}, before the document is in effect"
        )));
    }
    let life = cx.state.documents.get(document);
    let unread: Vec<&str> =
        readers.iter().filter(|p| !life.is_some_and(|l| l.read_by(p, *digest))).map(String::as_str).collect();
    if !unread.is_empty() {
        return Err(Error::refused(format!(
            "`{document}` cannot come into effect before those who must know it have read it: {}",
            unread.join(", ")
        ))
        .hint(format!("each of them: dossier document read {document} --as PERSON")));
    }
    Ok(())
}

pub(super) fn document_read(cx: &Cx<'_>, body: &DocumentRead) -> Result<()> {
    let by = &cx.draft.actor;
    if cx.state.documents.get(&body.document).is_some_and(|l| l.read_by(by, body.digest)) {
        return Err(Error::refused(format!(
            "`{by}` recorded this content of `{}` as read before",
            body.document
        )));
    }
    Ok(())
}

pub(super) fn document_review(cx: &Cx<'_>, body: &DocumentReview) -> Result<()> {
    said("what the review found", &body.remark)?;
    let today = cx.today()?;
    if body.next_due.is_some_and(|due| due <= today) {
        return Err(Error::refused("the next review has to lie in the future"));
    }
    Ok(())
}

pub(super) fn document_external(_: &Cx<'_>, body: &DocumentExternal) -> Result<()> {
    identifier("the id of a document", &body.document)?;
    said("a title", &body.title)?;
    said("a revision", &body.revision)?;
    said("where it is kept", &body.location)
}

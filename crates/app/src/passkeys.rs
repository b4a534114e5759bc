//! Passkeys as use cases: enrolled by their owner on the pages, listed, revoked.

use crate::appointments::Administrator;
use crate::error::{Error, Result};
use crate::people::said;
use crate::sessions::Sessions;
use crate::workspace::{Appended, Workspace};
use records::{PasskeyEnrol, PasskeyRevoke};
use serde::Serialize;
use signing::webauthn::{Assertion, base64url};

/// The longest name of a passkey, in characters.
const NAME_MAX: usize = 60;

/// A passkey as a browser gives it, tested.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// The credential's id, base64url.
    pub credential: String,
    /// The public key (SubjectPublicKeyInfo), base64url.
    pub public_key: String,
    /// The host's name that it is made for.
    pub site: String,
    /// Its answer to a challenge of this server.
    pub test: Assertion,
}

/// A passkey in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PasskeyRow {
    /// Its owner.
    pub person: String,
    /// What its owner calls it.
    pub name: String,
    /// The credential's id.
    pub credential: String,
    /// The site that it is made for.
    pub site: String,
    /// When it was enrolled.
    pub enrolled: String,
    /// Why it is taken no longer; empty while it is.
    pub revoked: String,
}

/// A logged-in person enrols a passkey: the components that a signing would need now, and the new passkey's answer to a challenge of this server. The
/// record is signed by the key that the password opened.
///
/// # Errors
/// When a component is wrong, or the passkey does not answer.
pub fn passkey_enrol(
    ws: &Workspace,
    sessions: &Sessions,
    cookie: &str,
    (password, code): (&str, &str),
    new: &NewPasskey,
) -> Result<Appended> {
    said("a name of the passkey", &new.name)?;
    let (actor, challenge) = sessions.tested(ws, cookie, password, code, &new.test)?;
    let body = enrolment(&actor.person, new, &challenge);
    ws.record_act(&actor, "this passkey is mine; I keep it for myself alone", &body)
}

/// The record of a passkey that answered `challenge`.
pub(crate) fn enrolment(person: &str, new: &NewPasskey, challenge: &[u8]) -> PasskeyEnrol {
    PasskeyEnrol {
        person: person.to_owned(),
        credential: new.credential.clone(),
        public_key: new.public_key.clone(),
        site: new.site.clone(),
        name: new.name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect(),
        challenge: base64url(challenge),
        authenticator_data: base64url(&new.test.authenticator_data),
        client_data: base64url(&new.test.client_data),
        signature: base64url(&new.test.signature),
    }
}

/// A passkey is taken no longer.
///
/// # Errors
/// When the person has no such passkey.
pub fn passkey_revoke(
    ws: &Workspace,
    by: &Administrator,
    person: &str,
    credential: &str,
    reason: &str,
) -> Result<Appended> {
    said("a reason", reason)?;
    let rows = passkey_list(ws)?;
    let fits = |r: &&PasskeyRow| r.person == person && (r.credential == credential || r.name == credential);
    let found: Vec<&PasskeyRow> = rows.iter().filter(fits).filter(|r| r.revoked.is_empty()).collect();
    let [one] = found.as_slice() else {
        return Err(Error::refused(format!("`{person}` has {} such passkeys", found.len()))
            .hint("name one by its id: dossier key passkeys"));
    };
    let body =
        PasskeyRevoke { person: person.into(), credential: one.credential.clone(), reason: reason.into() };
    ws.administer(by, "this passkey is taken no longer", &body)
}

/// All passkeys.
///
/// # Errors
/// When the ledger cannot be read.
pub fn passkey_list(ws: &Workspace) -> Result<Vec<PasskeyRow>> {
    let state = ws.ledger()?.state(None)?;
    let row = |p: &records::state::Passkey| {
        let body = &p.enrolled.body;
        PasskeyRow {
            person: body.person.clone(),
            name: body.name.clone(),
            credential: body.credential.clone(),
            site: body.site.clone(),
            enrolled: p.enrolled.meta.at.to_string(),
            revoked: p.revoked.as_ref().map(|r| r.body.reason.clone()).unwrap_or_default(),
        }
    };
    Ok(state.passkeys.values().map(row).collect())
}

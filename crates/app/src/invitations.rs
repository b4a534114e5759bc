//! Enrolling oneself on the pages with a password and a passkey, for who has no token: by a code that whoever may enrol people
//! hands over, once and soon.
//!
//! The code lets in nobody and signs nothing. It makes one key for the one person whom it was issued for; whose key it is goes on
//! from there as for any other: a first one counts at once, a further one once somebody vouched for it.

use crate::act::{Acted, Actor, Means};
use crate::appointments::Administrator;
use crate::credentials::{PASSWORD_DAYS, pepper, refuse, write};
use crate::error::{Doing as _, Error, Result};
use crate::passkeys::{NewPasskey, enrolment};
use crate::record_rules::INVITATION_HOURS_MAX;
use crate::sessions::Sessions;
use crate::workspace::{Appended, Workspace};
use records::{CredentialEnrol, CredentialInvite, KeyEnrol, State};
use signing::SecretKey;
use signing::password;
use std::sync::Arc;
use vocabulary::{Digest, Instant};

/// Random bytes of a code.
const CODE_LEN: usize = 20;
/// The longest text of a code that is looked at, in characters.
const CODE_MAX: usize = 100;
/// What everybody is told who gives a code that is not this person's.
const WRONG: &str = "person or enrolment code is wrong";

/// A code, to be shown once.
#[derive(Debug)]
pub struct Invited {
    /// The code, in groups of four.
    pub code: String,
    /// The last moment at which it is taken.
    pub until: Instant,
    /// The entry.
    pub appended: Appended,
}

/// Issues an enrolment code for a person; the ledger holds its digest. An earlier one of this person is taken no longer.
///
/// # Errors
/// When the person is not enrolled or has a password in use, it would wait too long, or the statement is to be signed elsewhere: the
/// code is shown once, so nothing could be accepted later.
pub fn credential_invite(ws: &Workspace, by: &Administrator, person: &str, hours: u32) -> Result<Invited> {
    if let Administrator::Signed(Actor { means: Means::Request(_) | Means::Accept(_), .. }) = by {
        return Err(Error::refused("a code that is shown once is signed for at once")
            .hint("leave `--request` and `--accept` out; sign with `--key` or ssh-agent"));
    }
    if hours == 0 || hours > INVITATION_HOURS_MAX {
        return Err(Error::refused(format!(
            "a code waits from 1 to {INVITATION_HOURS_MAX} hours, not {hours}"
        )));
    }
    let bytes = password::secret().doing("make a code")?;
    let code = password::base32(bytes.get(..CODE_LEN).unwrap_or_default());
    let until = Instant::from_millis(ws.clock.now().millis() + i64::from(hours) * 3_600_000);
    let body = CredentialInvite { person: person.to_owned(), digest: digest(&code), until };
    let appended =
        ws.administer(by, "I have verified who this person is, and hand the code to them alone", &body)?;
    let groups: Vec<&str> =
        (0..code.len()).step_by(4).filter_map(|at| code.get(at..code.len().min(at + 4))).collect();
    Ok(Invited { code: groups.join("-"), until, appended })
}

/// The digest of a code, however it was typed.
fn digest(code: &str) -> Digest {
    let plain: String = code.chars().take(CODE_MAX).filter(char::is_ascii_alphanumeric).collect();
    Digest::of(plain.to_ascii_uppercase().as_bytes())
}

/// What a person gives who follows an invitation.
#[derive(Clone, Debug)]
pub struct Joining {
    /// The person.
    pub person: String,
    /// The code.
    pub code: String,
    /// The new password.
    pub password: String,
    /// The passkey that was made and tested on the page.
    pub passkey: NewPasskey,
}

/// What came of it.
#[derive(Debug)]
pub struct Joined {
    /// The fingerprint of the new key.
    pub key_id: String,
    /// Whether somebody has to vouch for it first.
    pub waits: bool,
    /// The first entry.
    pub appended: Appended,
}

/// A person enrols a password and a passkey with an enrolment code: a new key, sealed under the password, that signs for the
/// passkey; all of it in one transaction, which uses the code up. There is no token: the second component is the passkey alone.
///
/// # Errors
/// When the code is wrong, used, too old or another's; the password is too short; or the passkey did not answer. Each wrong code is an
/// entry.
pub fn credential_join(ws: &Workspace, sessions: &Sessions, joining: &Joining, from: &str) -> Result<Joined> {
    let person = joining.person.as_str();
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let code = digest(&joining.code);
    invited(ws, &state, person, code, from)?;
    crate::people::said("a name of the passkey", &joining.passkey.name)?;
    let Some(challenge) = sessions.own_challenge(ws, &joining.passkey.test) else {
        return Err(Error::refused("the passkey's answer is too late, or was given before")
            .hint("load the page again; the enrolment code was not used up"));
    };
    let key = SecretKey::generate(person).doing("make a key")?;
    // No code of a token ever opens this account: the secret is random and shown to nobody, and every step counts as taken.
    let token = password::secret().doing("make a secret")?;
    let mut sealed = password::seal(&key, person, &joining.password, token.as_slice(), &pepper(&state)?)
        .map_err(|e| Error::refused(format!("this password cannot be taken: {e}")))?;
    sealed.last_step = i64::MAX;
    let key_id = key.public().fingerprint();
    let own = KeyEnrol {
        person: person.to_owned(),
        public_key: key.public().to_openssh("").trim().to_owned(),
        key_id: key_id.clone(),
    };
    let credential = CredentialEnrol {
        person: person.to_owned(),
        key_id: key_id.clone(),
        factors: vec!["password".to_owned(), "passkey".to_owned()],
        expires: ws.clock.today(&ws.config.product.timezone)?.plus_days(PASSWORD_DAYS),
        tested: true,
        invitation: Some(code),
    };
    let actor = Actor { person: person.to_owned(), role: String::new(), means: Means::Opened(Arc::new(key)) };
    let meaning = "this key is mine; I open it with my password and keep both for myself alone";
    let mut drafts = signed(ws.at(&state).personal(&actor, meaning, &own)?)?;
    drafts.push(ws.at(&state).process(person, &credential)?);
    let passkey = enrolment(person, &joining.passkey, &challenge);
    drafts.extend(signed(ws.at(&state).personal(
        &actor,
        "this passkey is mine; I keep it for myself alone",
        &passkey,
    )?)?);
    // What would not count is found before a sealed key takes the place of another.
    if let Err(e) = ledger.try_on(ws, &state, &drafts, ws.clock.now()) {
        refuse(ws, person, from, &e.said())?;
        return Err(e);
    }
    write(ws, &sealed)?;
    let appended = ws.append(&ledger, &state, &drafts)?;
    let waits = state.persons.get(person).is_some_and(|p| !p.keys.is_empty());
    Ok(Joined { key_id, waits, appended })
}

fn signed(acted: Acted) -> Result<Vec<ledger::Draft>> {
    match acted {
        Acted::Drafts(drafts) => Ok(drafts),
        Acted::Requested(_) => Err(Error::environment("an opened key signs at once")),
    }
}

/// Whether the code is this person's, unused and in time. Who has a person's own code is told what is wrong with it; others are not.
fn invited(ws: &Workspace, state: &State, person: &str, code: Digest, from: &str) -> Result<()> {
    let invitation = state.invitation(code);
    let why = match invitation {
        None => "an enrolment code that was never issued".to_owned(),
        Some(invitation) => match invitation.usable(person, ws.clock.now()) {
            Ok(()) => return Ok(()),
            Err(why) => why,
        },
    };
    refuse(ws, person, from, &why)?;
    let own = invitation.is_some_and(|i| i.issued.body.person == person);
    let hint = "whoever enrols people issues another one: dossier key invite PERSON";
    Err(Error::refused(if own { why } else { WRONG.to_owned() }).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_however_it_is_typed() {
        assert_eq!(digest("ABCD-EF23"), digest(" abcd ef23 "));
        assert_ne!(digest("ABCD-EF23"), digest("ABCD-EF22"));
    }
}

//! Passkeys: the part of the fold that checks who confirmed a signature with an authenticator.

use super::access::unknown;
use super::examined::Examined;
use super::fold::{body_of, meta};
use super::{Recorded, State};
use crate::Record;
use crate::types::*;
use serde::{Deserialize, Serialize};
use signing::webauthn::{Assertion, check_key, from_base64url};
use vocabulary::Instant;

/// A person's passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The enrolment.
    pub enrolled: Recorded<PasskeyEnrol>,
    /// The authenticator's counter when it was last used for a signature; 0 where it keeps none.
    pub counter: u32,
    /// The revocation.
    pub revoked: Option<Recorded<PasskeyRevoke>>,
}

impl Passkey {
    /// Checks an assertion of this passkey over `challenge`; gives the authenticator's counter.
    ///
    /// # Errors
    /// A sentence: revoked, another site, another challenge, a counter that went back …
    pub fn check(&self, assertion: &Assertion, challenge: &[u8]) -> Result<u32, String> {
        if let Some(revoked) = &self.revoked {
            return Err(format!("this passkey was revoked: {}", revoked.body.reason));
        }
        let body = &self.enrolled.body;
        let key = from_base64url(&body.public_key).ok_or("the passkey's public key is no base64url")?;
        let counter = assertion.verify(&key, &body.site, challenge).map_err(|e| e.to_string())?;
        // An authenticator that counts and did not count on is a copy of one.
        if counter <= self.counter && (counter, self.counter) != (0, 0) {
            return Err(format!(
                "the authenticator counted {counter} after {}: it may be a copy",
                self.counter
            ));
        }
        Ok(counter)
    }
}

fn assertion(authenticator_data: &str, client_data: &str, signature: &str) -> Result<Assertion, String> {
    let bytes = |text: &str| from_base64url(text).ok_or_else(|| "the assertion is no base64url".to_owned());
    Ok(Assertion {
        authenticator_data: bytes(authenticator_data)?,
        client_data: bytes(client_data)?,
        signature: bytes(signature)?,
    })
}

impl SignatureAssert {
    /// The assertion as bytes.
    ///
    /// # Errors
    /// When a part is no base64url.
    pub fn assertion(&self) -> Result<Assertion, String> {
        assertion(&self.authenticator_data, &self.client_data, &self.signature)
    }
}

impl State {
    /// The passkeys of a person that are taken.
    pub fn passkeys_of(&self, person: &str) -> impl Iterator<Item = &Passkey> {
        let of = move |p: &&Passkey| p.enrolled.body.person == person;
        self.passkeys.values().filter(of).filter(|p| p.revoked.is_none() && !self.passkey_waits(p))
    }

    /// Whether nobody vouched yet for the key that signed the passkey's enrolment.
    pub fn passkey_waits(&self, passkey: &Passkey) -> bool {
        let Some(signer) = &passkey.enrolled.meta.signer else { return true };
        let keys = self.persons.get(signer.person.as_str()).map(|p| p.keys.as_slice()).unwrap_or_default();
        keys.iter().any(|k| k.enrolled.body.key_id == signer.key_id && k.in_force_from.is_none())
    }

    /// As [`Passkey::check`], and that the passkey is this person's and does not wait for somebody to vouch.
    ///
    /// # Errors
    /// A sentence.
    pub fn passkey_answers(
        &self,
        person: &str,
        credential: &str,
        assertion: &Assertion,
        challenge: &[u8],
    ) -> Result<u32, String> {
        let passkey = self.passkeys.get(credential).filter(|p| p.enrolled.body.person == person);
        let passkey = passkey.ok_or_else(|| format!("`{person}` has no such passkey"))?;
        if self.passkey_waits(passkey) {
            return Err("nobody has vouched yet for the key that enrolled this passkey".to_owned());
        }
        passkey.check(assertion, challenge)
    }

    /// The public key that may sign an enrolment although nobody vouched for it yet: the person's own, where it is enrolled,
    /// waits and was not revoked.
    fn waiting_key(&self, person: &str, key_id: &str) -> Option<(String, Instant)> {
        let keys = &self.persons.get(person)?.keys;
        let waits = |k: &&super::Key| {
            k.enrolled.body.key_id == key_id && k.in_force_from.is_none() && k.revoked_from.is_none()
        };
        keys.iter().find(waits).map(|k| (k.enrolled.body.public_key.clone(), k.enrolled.meta.at))
    }

    /// Remembers a signed entry, which the next one may confirm. One that does not count confirms nothing either.
    pub(super) fn note_signed(&mut self, e: &Examined<'_>) {
        let counts = self.problems.last().is_none_or(|p| p.seq != e.seq);
        let statement = e.signed().filter(|_| counts).and_then(|signed| signed.statement_digest);
        self.last_signed = statement.map(|digest| (e.seq, e.actor.clone(), digest));
    }

    /// Kinds of this file; `None` for others.
    pub(super) fn passkey_step(&mut self, e: &Examined<'_>) -> Option<Result<(), String>> {
        Some(match e.kind.as_str() {
            PasskeyEnrol::KIND => self.passkey_enrol(e),
            PasskeyRevoke::KIND => self.passkey_revoke(e),
            SignatureAssert::KIND => self.signature_assert(e),
            _ => return None,
        })
    }

    fn passkey_enrol(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let waiting = e.sig.as_ref().and_then(|s| self.waiting_key(&e.actor, &s.key_id));
        let r: Recorded<PasskeyEnrol> = match waiting {
            None => self.read(e)?,
            Some((key, key_enrolled)) => {
                let body: PasskeyEnrol = body_of(e)?;
                let signer = self.check_act(e, &body, Some(&key))?;
                if !signer.role.is_empty() {
                    return Err("a passkey is enrolled in no role".to_owned());
                }
                Recorded { meta: meta(e, Some(super::Signer { key_enrolled, ..signer })), body }
            }
        };
        let body = &r.body;
        if r.meta.actor != body.person {
            return Err(format!("`{}` cannot enrol a passkey of `{}`", r.meta.actor, body.person));
        }
        if !self.persons.contains_key(&body.person) {
            return Err(unknown(&body.person));
        }
        if let Some(known) = self.passkeys.get(&body.credential) {
            return Err(format!("this passkey was enrolled before, for `{}`", known.enrolled.body.person));
        }
        let key = from_base64url(&body.public_key).ok_or("the passkey's public key is no base64url")?;
        check_key(&key).map_err(|e| e.to_string())?;
        let challenge = from_base64url(&body.challenge).ok_or("the challenge is no base64url")?;
        let test = assertion(&body.authenticator_data, &body.client_data, &body.signature)?;
        let credential = body.credential.clone();
        let mut passkey = Passkey { enrolled: r, counter: 0, revoked: None };
        passkey.counter = passkey.check(&test, &challenge)?;
        self.passkeys.insert(credential, passkey);
        Ok(())
    }

    fn passkey_revoke(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<PasskeyRevoke> = self.read(e)?;
        // Whoever lost one says so without waiting for anybody.
        if r.meta.signer.as_deref().is_none_or(|s| s.person != r.body.person) {
            self.administers(&r.meta, &r.body.person)?;
        }
        let passkey = self.passkeys.get_mut(&r.body.credential);
        let passkey = passkey.filter(|p| p.enrolled.body.person == r.body.person);
        passkey.ok_or_else(|| format!("`{}` has no such passkey", r.body.person))?.revoked.get_or_insert(r);
        Ok(())
    }

    fn signature_assert(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<SignatureAssert> = self.read(e)?;
        let before = self.last_signed.clone();
        let (seq, person, statement) =
            before.ok_or("the entry before is not signed, so there is nothing to confirm")?;
        if person != r.body.person || statement != r.body.statement {
            return Err("it confirms another statement than that of the entry before".to_owned());
        }
        let counter =
            self.passkey_answers(&person, &r.body.credential, &r.body.assertion()?, &statement.0)?;
        if let Some(passkey) = self.passkeys.get_mut(&r.body.credential) {
            passkey.counter = counter;
        }
        self.confirmed_by_passkey.insert(seq, r);
        Ok(())
    }
}

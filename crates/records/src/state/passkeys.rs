//! Passkeys: the part of the fold that checks who confirmed a signature with an authenticator.

use super::access::unknown;
use super::{Recorded, State};
use crate::Record;
use crate::types::*;
use ledger::Entry;
use serde::{Deserialize, Serialize};
use signing::webauthn::{Assertion, check_key, from_base64url};
use vocabulary::{Digest, canonical};

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
        self.passkeys.values().filter(move |p| p.enrolled.body.person == person && p.revoked.is_none())
    }

    /// Remembers a signed entry, which the next one may confirm. One that does not count confirms nothing either.
    pub(super) fn note_signed(&mut self, e: &Entry) {
        let counts = self.problems.last().is_none_or(|p| p.seq != e.seq);
        self.last_signed = e.sig.as_ref().filter(|_| counts).and_then(|sig| {
            let bytes = canonical::to_vec(&sig.statement).ok()?;
            Some((e.seq, e.actor.clone(), Digest::of(&bytes)))
        });
    }

    /// Kinds of this file; `None` for others.
    pub(super) fn passkey_step(&mut self, e: &Entry) -> Option<Result<(), String>> {
        Some(match e.kind.as_str() {
            PasskeyEnrol::KIND => self.passkey_enrol(e),
            PasskeyRevoke::KIND => self.passkey_revoke(e),
            SignatureAssert::KIND => self.signature_assert(e),
            _ => return None,
        })
    }

    fn passkey_enrol(&mut self, e: &Entry) -> Result<(), String> {
        let r: Recorded<PasskeyEnrol> = self.read(e)?;
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

    fn passkey_revoke(&mut self, e: &Entry) -> Result<(), String> {
        let r: Recorded<PasskeyRevoke> = self.read(e)?;
        // Whoever lost one says so without waiting for anybody.
        if r.meta.signer.as_ref().is_none_or(|s| s.person != r.body.person) {
            self.administers(&r.meta, &r.body.person)?;
        }
        let passkey = self.passkeys.get_mut(&r.body.credential);
        let passkey = passkey.filter(|p| p.enrolled.body.person == r.body.person);
        passkey.ok_or_else(|| format!("`{}` has no such passkey", r.body.person))?.revoked.get_or_insert(r);
        Ok(())
    }

    fn signature_assert(&mut self, e: &Entry) -> Result<(), String> {
        let r: Recorded<SignatureAssert> = self.read(e)?;
        let before = self.last_signed.clone();
        let (seq, person, statement) =
            before.ok_or("the entry before is not signed, so there is nothing to confirm")?;
        if person != r.body.person || statement != r.body.statement {
            return Err("it confirms another statement than that of the entry before".to_owned());
        }
        let passkey = self.passkeys.get_mut(&r.body.credential);
        let passkey = passkey.filter(|p| p.enrolled.body.person == r.body.person);
        let passkey = passkey.ok_or_else(|| format!("`{person}` has no such passkey"))?;
        passkey.counter = passkey.check(&r.body.assertion()?, &statement.0)?;
        self.confirmed_by_passkey.insert(seq, r);
        Ok(())
    }
}

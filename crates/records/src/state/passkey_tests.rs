//! Passkeys in the fold: what confirms a signature, and what does not.

use super::State;
use super::tests::{History, approve, key};
use crate::types::*;
use ledger::Draft;
use serde_json::Value;
use signing::Signer as _;
use signing::webauthn::base64url;
use vocabulary::{Digest, Instant, canonical};

const SITE: &str = "qms.example";

/// An authenticator in software.
struct Authenticator {
    key: signing::SecretKey,
    counter: u32,
}

impl Authenticator {
    fn new(seed: u8) -> Authenticator {
        Authenticator { key: key(seed), counter: 0 }
    }

    fn spki(&self) -> String {
        let mut out = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        out.extend(self.key.public().as_bytes());
        base64url(&out)
    }

    /// What it gives for a challenge: authenticator data, client data, signature.
    fn answer(&mut self, challenge: &[u8]) -> [String; 3] {
        self.counter += 1;
        let mut said = Digest::of(SITE.as_bytes()).0.to_vec();
        said.push(5);
        said.extend(self.counter.to_be_bytes());
        let client = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"https://{SITE}"}}"#,
            base64url(challenge)
        );
        let signed = [said.as_slice(), &Digest::of(client.as_bytes()).0].concat();
        let signature = self.key.sign(&signed).unwrap();
        [base64url(&said), base64url(client.as_bytes()), base64url(&signature)]
    }

    fn enrol(&mut self, person: &str, id: &str) -> PasskeyEnrol {
        let [authenticator_data, client_data, signature] = self.answer(b"a fresh challenge");
        PasskeyEnrol {
            person: person.into(),
            credential: id.into(),
            public_key: self.spki(),
            site: SITE.into(),
            name: "blue token".into(),
            challenge: base64url(b"a fresh challenge"),
            authenticator_data,
            client_data,
            signature,
        }
    }

    fn confirm(&mut self, person: &str, id: &str, statement: Digest) -> SignatureAssert {
        let [authenticator_data, client_data, signature] = self.answer(&statement.0);
        SignatureAssert {
            person: person.into(),
            statement,
            credential: id.into(),
            authenticator_data,
            client_data,
            signature,
        }
    }
}

fn statement(draft: &Draft) -> Digest {
    Digest::of(&canonical::to_vec(&Value::Object(draft.sig.as_ref().unwrap().statement.clone())).unwrap())
}

/// A person with a passkey, and a signed approval that nobody confirmed yet.
fn history() -> (History, Authenticator, Digest) {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.person("prrc", "prrc", 2);
    let mut token = Authenticator::new(9);
    let enrol = token.enrol("qa-lead", "ID");
    h.act("qa-lead", "", &key(1), &enrol);
    let draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
    let digest = statement(&draft);
    h.push(&draft);
    (h, token, digest)
}

fn problem(h: &History) -> String {
    State::fold(&h.entries).problems.first().map(|p| p.what.clone()).unwrap_or_default()
}

#[test]
fn a_passkey_confirms_the_statement_of_the_entry_before_and_no_other() {
    let (mut h, mut token, digest) = history();
    let confirmed = h.entries.len() as u64 - 1;
    h.process(&token.confirm("qa-lead", "ID", digest));
    let state = h.state();
    assert!(state.is_sound(), "{:?}", state.problems);
    assert!(state.confirmed_by_passkey.contains_key(&confirmed));
    assert_eq!(state.passkeys["ID"].counter, 2);

    let (mut h, mut token, _) = history();
    h.process(&token.confirm("qa-lead", "ID", Digest::of(b"another statement")));
    assert!(problem(&h).contains("another statement than that of the entry before"), "{}", problem(&h));

    // The right digest with an answer to another challenge.
    let (mut h, mut token, digest) = history();
    let other = token.confirm("qa-lead", "ID", Digest::of(b"another"));
    h.process(&SignatureAssert { statement: digest, ..other });
    assert!(problem(&h).contains("another challenge"), "{}", problem(&h));

    // Copied behind another entry, and given twice.
    let (mut h, mut token, digest) = history();
    let confirm = token.confirm("qa-lead", "ID", digest);
    h.process(&confirm);
    h.process(&confirm);
    assert!(problem(&h).contains("is not signed"), "{}", problem(&h));
}

#[test]
fn a_passkey_is_its_owners_tested_counting_and_not_revoked() {
    let (mut h, mut token, digest) = history();
    h.process(&token.confirm("prrc", "ID", digest));
    assert!(problem(&h).contains("another statement"), "somebody else's name");

    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.person("prrc", "prrc", 2);
    let mut token = Authenticator::new(9);
    h.act("prrc", "", &key(2), &token.enrol("qa-lead", "ID"));
    assert!(problem(&h).contains("cannot enrol a passkey of `qa-lead`"), "{}", problem(&h));

    // Not tested: the answer is to another challenge than the record says.
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    let enrol = PasskeyEnrol { challenge: base64url(b"another"), ..token.enrol("qa-lead", "ID") };
    h.act("qa-lead", "", &key(1), &enrol);
    assert!(problem(&h).contains("another challenge"), "{}", problem(&h));

    let (mut h, mut token, digest) = history();
    h.entries.pop();
    h.process(&PasskeyRevoke { person: "qa-lead".into(), credential: "ID".into(), reason: "lost".into() });
    let draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
    assert_ne!(statement(&draft), digest, "another position");
    h.push(&draft);
    h.process(&token.confirm("qa-lead", "ID", statement(&draft)));
    assert!(problem(&h).contains("revoked: lost"), "{}", problem(&h));

    // A copy of the authenticator counts from where it was copied.
    let (mut h, mut token, digest) = history();
    token.counter = 0;
    h.process(&token.confirm("qa-lead", "ID", digest));
    assert!(problem(&h).contains("may be a copy"), "{}", problem(&h));
}

#[test]
fn a_passkey_is_enrolled_once_and_for_one_person() {
    let (mut h, mut token, _) = history();
    h.act("prrc", "", &key(2), &token.enrol("prrc", "ID"));
    assert!(problem(&h).contains("was enrolled before, for `qa-lead`"), "{}", problem(&h));
}

/// What the pages append where somebody follows an invitation with the key of `seed`.
fn enrol_by_code(h: &mut History, seed: u8, code: &[u8]) {
    h.enrol("qa-lead", seed);
    h.process(&CredentialEnrol {
        person: "qa-lead".into(),
        key_id: key(seed).public().fingerprint(),
        factors: vec!["password".into(), "passkey".into()],
        expires: Instant::from_millis(h.now).date_utc().plus_days(90),
        tested: true,
        invitation: Some(Digest::of(code)),
    });
}

fn invite(h: &History, person: &str, code: &[u8]) -> CredentialInvite {
    let until = Instant::from_millis(h.now + 3_600_000);
    CredentialInvite { person: person.into(), digest: Digest::of(code), until }
}

#[test]
fn an_invitation_is_its_persons_used_once_and_soon() {
    let invited = || {
        let mut h = History::new();
        h.person("prrc", "prrc", 2);
        h.process(&PersonEnrol {
            person: "qa-lead".into(),
            name: "Q".into(),
            identity_proof: "known".into(),
        });
        h.process(&invite(&h, "qa-lead", b"code"));
        h
    };
    let mut h = invited();
    enrol_by_code(&mut h, 1, b"code");
    h.act("qa-lead", "", &key(1), &Authenticator::new(9).enrol("qa-lead", "ID"));
    let state = h.state();
    assert!(state.is_sound(), "{:?}", state.problems);
    assert_eq!(state.passkeys_of("qa-lead").count(), 1, "a first key is in force, so the passkey counts");
    enrol_by_code(&mut h, 3, b"code");
    assert!(problem(&h).contains("was used or replaced"), "{}", problem(&h));

    let mut h = invited();
    h.now += 3_600_001;
    enrol_by_code(&mut h, 1, b"code");
    assert!(problem(&h).contains("was to be used by"), "{}", problem(&h));

    let mut h = invited();
    h.process(&invite(&h, "prrc", b"of another"));
    enrol_by_code(&mut h, 1, b"of another");
    assert!(problem(&h).contains("was issued for `prrc`, not for `qa-lead`"), "{}", problem(&h));

    let mut h = invited();
    enrol_by_code(&mut h, 1, b"made up");
    assert!(problem(&h).contains("no such enrolment code"), "{}", problem(&h));

    // A second invitation ends the first; so does taking the credential away.
    let mut h = invited();
    h.process(&invite(&h, "qa-lead", b"second"));
    enrol_by_code(&mut h, 1, b"code");
    assert!(problem(&h).contains("was used or replaced"), "{}", problem(&h));

    let mut h = invited();
    h.process(&invite(&h, "qa-lead", b"code"));
    assert!(problem(&h).contains("was issued before"), "{}", problem(&h));

    let mut h = invited();
    h.process(&invite(&h, "nobody", b"x"));
    assert!(problem(&h).contains("not an enrolled, active person"), "{}", problem(&h));

    let mut h = invited();
    h.act("prrc", "prrc", &key(2), &invite(&h, "prrc", b"x"));
    assert!(problem(&h).contains("cannot invite themself"), "{}", problem(&h));
}

#[test]
fn a_passkey_of_a_key_that_waits_waits_with_it() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.enrol("qa-lead", 5);
    let mut token = Authenticator::new(9);
    h.act("qa-lead", "", &key(5), &token.enrol("qa-lead", "ID"));
    let state = h.state();
    assert!(state.is_sound(), "{:?}", state.problems);
    assert_eq!(state.passkeys_of("qa-lead").count(), 0, "who could enrol a key for somebody adds no passkey");
    // It confirms nothing that the old key signs.
    let draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
    h.push(&draft);
    h.process(&token.confirm("qa-lead", "ID", statement(&draft)));
    assert!(problem(&h).contains("nobody has vouched yet"), "{}", problem(&h));
    h.entries.pop();
    let endorse = KeyEndorse {
        person: "qa-lead".into(),
        key_id: key(5).public().fingerprint(),
        reason: "it is mine".into(),
    };
    h.act("qa-lead", "", &key(1), &endorse);
    assert_eq!(h.state().passkeys_of("qa-lead").count(), 1);
    let draft = h.signed("qa-lead", "qa-lead", &key(5), &approve("DOC-2"));
    h.push(&draft);
    h.process(&token.confirm("qa-lead", "ID", statement(&draft)));
    assert!(h.state().is_sound(), "{:?}", h.state().problems);

    // In a role that the person may not even hold, and by a key that was taken away before anybody vouched.
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.enrol("qa-lead", 5);
    h.act("qa-lead", "prrc", &key(5), &Authenticator::new(9).enrol("qa-lead", "ID"));
    assert!(problem(&h).contains("in no role"), "{}", problem(&h));
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.enrol("qa-lead", 5);
    let revoke = KeyRevoke {
        person: "qa-lead".into(),
        key_id: key(5).public().fingerprint(),
        reason: "not mine".into(),
    };
    h.process(&revoke);
    h.act("qa-lead", "", &key(5), &Authenticator::new(9).enrol("qa-lead", "ID"));
    assert!(problem(&h).contains("is not in force"), "{}", problem(&h));
}

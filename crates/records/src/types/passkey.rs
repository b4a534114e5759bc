//! Passkeys (WebAuthn): a second factor whose challenge is the digest of what is signed. Public halves only.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Digest;

/// A passkey is a person's second factor from now on. Signed by the person's own key, which their password opened: nobody
/// adds a passkey to somebody else's account. It carries an assertion over `challenge`, so it was tested before it counts
/// (21 CFR 11.300 e). A key that nobody vouched for yet can sign it too: then the passkey waits as the key does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyEnrol {
    /// The person.
    pub person: String,
    /// The credential's id, base64url.
    pub credential: String,
    /// The public key as SubjectPublicKeyInfo, base64url.
    pub public_key: String,
    /// The site that it is made for: the host's name.
    pub site: String,
    /// What its owner calls it: `laptop`, `blue token`.
    pub name: String,
    /// The challenge of its test, base64url.
    pub challenge: String,
    /// What the authenticator said in the test, base64url.
    pub authenticator_data: String,
    /// What the browser said in the test, base64url.
    pub client_data: String,
    /// The signature of the test, base64url.
    pub signature: String,
}
record!(PasskeyEnrol, "passkey/enrol/v1", personal, self => self.person.clone());

/// A passkey is taken no longer: lost, stolen, replaced (21 CFR 11.300 c).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyRevoke {
    /// The person.
    pub person: String,
    /// The credential's id.
    pub credential: String,
    /// Why.
    pub reason: String,
}
record!(PasskeyRevoke, "passkey/revoke/v1", process, self => self.person.clone());

/// The signature of the entry right before this one was confirmed with a passkey, whose challenge was the digest of the
/// statement that was signed. Anybody can check it with the public key of the passkey's enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureAssert {
    /// Who signed.
    pub person: String,
    /// The digest of the statement: the challenge.
    pub statement: Digest,
    /// The credential's id.
    pub credential: String,
    /// `authenticatorData`, base64url.
    pub authenticator_data: String,
    /// `clientDataJSON`, base64url.
    pub client_data: String,
    /// The signature, base64url.
    pub signature: String,
}
record!(SignatureAssert, "signature/assert/v1", process, self => self.person.clone());

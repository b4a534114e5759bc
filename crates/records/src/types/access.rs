//! Access: credentials, sessions, tokens of the server, and what was refused. No record here holds a secret.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest, Instant};

/// A person signs by password and second factor from now on: the key of this fingerprint is wrapped under both the
/// password and a pepper that lies outside of any database. The key itself is enrolled by `key/enrol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialEnrol {
    /// The person.
    pub person: String,
    /// The fingerprint of the wrapped key.
    pub key_id: String,
    /// The components: `password`, and `totp` or `passkey`.
    pub factors: Vec<String>,
    /// The last day on which the password is taken (21 CFR 11.300 b).
    pub expires: Date,
    /// That a code of the token, or an answer of the passkey, was checked when it was handed out (21 CFR 11.300 e).
    pub tested: bool,
    /// The digest of the invitation's code, where the person enrolled themself on the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Digest>,
}
record!(CredentialEnrol, "credential/enrol/v1", process, self => self.person.clone());

/// Whoever may enrol people lets one person enrol a password and a passkey themself, once and soon. The code itself is shown to
/// the issuer alone; it opens nothing but this one enrolment, and the ledger holds the SHA-256 of its 160 random bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialInvite {
    /// The person.
    pub person: String,
    /// SHA-256 of the code.
    pub digest: Digest,
    /// The last moment at which it is taken.
    pub until: Instant,
}
record!(CredentialInvite, "credential/invite/v1", process, self => self.person.clone());

/// A credential is taken no longer: lost, stolen, compromised (21 CFR 11.300 c).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialRevoke {
    /// The person.
    pub person: String,
    /// Why.
    pub reason: String,
}
record!(CredentialRevoke, "credential/revoke/v1", process, self => self.person.clone());

/// A person logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionOpen {
    /// The session's public name; the cookie's secret is another text.
    pub session: String,
    /// The person.
    pub person: String,
    /// From where: the address.
    pub from: String,
    /// The components that were given.
    pub factors: Vec<String>,
}
record!(SessionOpen, "session/open/v1", process, self => self.person.clone());

/// A person was let into the API by their key: a server's challenge was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionKey {
    /// The session's public name; its secret is another text.
    pub session: String,
    /// The person.
    pub person: String,
    /// The fingerprint of the key.
    pub key_id: String,
    /// From where: the address.
    pub from: String,
    /// When it ends.
    pub until: Instant,
}
record!(SessionKey, "session/key/v1", process, self => self.person.clone());

/// A session ended: by its owner, by time, or by the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionClose {
    /// The session.
    pub session: String,
    /// Its person.
    pub person: String,
    /// Why.
    pub reason: String,
}
record!(SessionClose, "session/close/v1", process, self => self.person.clone());

/// A login or a signing was refused because a component was wrong (21 CFR 11.300 d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRefuse {
    /// The person whose name was given; not necessarily one who exists.
    pub person: String,
    /// From where.
    pub from: String,
    /// Why.
    pub reason: String,
}
record!(SessionRefuse, "session/refuse/v1", process, self => self.person.clone());

/// Too many wrong components: the account is locked and the named people are alerted (21 CFR 11.300 d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLock {
    /// The person.
    pub person: String,
    /// How many refusals in a row.
    pub attempts: u32,
    /// Who is alerted.
    pub alerted: Vec<String>,
}
record!(AccountLock, "account/lock/v1", process, self => self.person.clone());

/// Somebody else opens a locked account again, after finding out what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountUnlock {
    /// The person whose account it is.
    pub person: String,
    /// What happened.
    pub reason: String,
}
record!(AccountUnlock, "account/unlock/v1", personal, self => self.person.clone());

/// A token for the server's API. The ledger holds the SHA-256 of its 256 random bits, which opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenIssue {
    /// The token's name: `ci-main`.
    pub token: String,
    /// Whose it is: a person's id, or a process such as `ci`.
    pub holder: String,
    /// What it may do: `read`, `write`.
    pub scopes: Vec<String>,
    /// The last day.
    pub until: Date,
    /// SHA-256 of the token.
    pub digest: Digest,
}
record!(TokenIssue, "token/issue/v1", process, self => self.token.clone());

/// A token is taken no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRevoke {
    /// The token.
    pub token: String,
    /// Why.
    pub reason: String,
}
record!(TokenRevoke, "token/revoke/v1", process, self => self.token.clone());

/// A personal act was tried and refused: unknown person, role not held, revoked key, signature of another record …
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureRefuse {
    /// The person named in the attempt.
    pub person: String,
    /// The kind of the act.
    pub act: String,
    /// What the act was about.
    pub subject: String,
    /// Why it was refused.
    pub reason: String,
}
record!(SignatureRefuse, "signature/refuse/v1", process, self => self.person.clone());

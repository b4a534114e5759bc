//! People, their keys and their roles.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A person is enrolled. The id is unique forever and never given to somebody else (21 CFR 11.100 a).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEnrol {
    /// Short id: lower-case letters, digits and hyphens.
    pub person: String,
    /// Printed name, as it stands in every manifestation of a signature (21 CFR 11.50 a 1).
    pub name: String,
    /// How the identity was verified before the means to sign was given (21 CFR 11.100 b).
    pub identity_proof: String,
}
record!(PersonEnrol, "person/enrol/v1", process, self => self.person.clone());

/// A person may act no longer. What the person signed before stays valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLeave {
    /// The person.
    pub person: String,
    /// Why.
    pub reason: String,
}
record!(PersonLeave, "person/leave/v1", process, self => self.person.clone());

/// A key of a person. The entry's signature is made with this very key: proof of possession. A first key is in force
/// at once; a further one only after [`KeyEndorse`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEnrol {
    /// The owner.
    pub person: String,
    /// The public key as OpenSSH writes it: `ssh-ed25519 AAAA…`, without a comment.
    pub public_key: String,
    /// Its fingerprint, `SHA256:…`.
    pub key_id: String,
}
record!(KeyEnrol, "key/enrol/v1", personal, self => self.person.clone());

/// Somebody vouches for a further key of a person: the person by an older key, or another person (two are needed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEndorse {
    /// The owner of the key.
    pub person: String,
    /// The fingerprint of the key.
    pub key_id: String,
    /// How the endorser convinced themself that the key is the owner's.
    pub reason: String,
}
record!(KeyEndorse, "key/endorse/v1", personal, self => self.person.clone());

/// A key may sign no longer, from this entry on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoke {
    /// The owner.
    pub person: String,
    /// The fingerprint of the key.
    pub key_id: String,
    /// Why: lost, stolen, replaced.
    pub reason: String,
}
record!(KeyRevoke, "key/revoke/v1", process, self => self.person.clone());

/// A person holds a role from this entry on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// The person.
    pub person: String,
    /// The role: `software-lead`, `qa-lead`, `risk-owner`, `prrc`, `release-manager`, or one of the firm's own.
    pub role: String,
    /// The last day on which the role may be acted in; open-ended where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Why this person: training, appointment.
    pub reason: String,
}
record!(RoleGrant, "role/grant/v1", process, self => self.person.clone());

/// A person holds a role no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRevoke {
    /// The person.
    pub person: String,
    /// The role.
    pub role: String,
    /// Why.
    pub reason: String,
}
record!(RoleRevoke, "role/revoke/v1", process, self => self.person.clone());

//! Persons, their keys and roles over ledger positions.

use super::{Meta, Recorded};
use crate::types::{KeyEnrol, PersonEnrol, PersonTrain, RoleDelegate, RoleGrant};
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A person with everything recorded about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The enrolment.
    pub enrolled: Recorded<PersonEnrol>,
    /// Keys, oldest first.
    pub keys: Vec<Key>,
    /// Roles, oldest first.
    pub roles: Vec<RoleHeld>,
    /// Roles of others that the person may act in, oldest first.
    pub delegations: Vec<Delegated>,
    /// Trainings, oldest first.
    pub trainings: Vec<Recorded<PersonTrain>>,
    /// The entry from which on the person may act no longer.
    pub left: Option<Meta>,
}

/// A key of a person. Validity goes by ledger position, never by claimed time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The enrolment.
    pub enrolled: Recorded<KeyEnrol>,
    /// The position from which on it may sign: its own entry for a first key, the last needed endorsement for another.
    pub in_force_from: Option<u64>,
    /// The persons other than the owner who vouched for it, each with the entry.
    pub endorsed_by: Vec<(String, u64)>,
    /// The position from which on it may not.
    pub revoked_from: Option<u64>,
}

/// A role over ledger positions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleHeld {
    /// The grant.
    pub granted: Recorded<RoleGrant>,
    /// The position from which on it is held no longer.
    pub revoked_from: Option<u64>,
}

/// A delegated role over ledger positions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegated {
    /// The delegation.
    pub delegated: Recorded<RoleDelegate>,
    /// The position from which on it counts no longer: revoked, or the giver lost the role.
    pub ended_from: Option<u64>,
}

impl Key {
    /// Whether the key may sign the entry at `seq`.
    pub fn in_force_at(&self, seq: u64) -> bool {
        self.in_force_from.is_some_and(|from| from < seq) && self.revoked_from.is_none_or(|until| seq < until)
    }
}

impl Person {
    /// The person as a ledger of `position` entries has them; none where they were enrolled later. All of it is dated by entries, so
    /// the past need not be folded for it.
    pub fn at(&self, position: u64) -> Option<Person> {
        let by_then = |seq: &u64| *seq < position;
        if !by_then(&self.enrolled.meta.seq) {
            return None;
        }
        let mut then = self.clone();
        then.left.take_if(|m| !by_then(&m.seq));
        then.trainings.retain(|t| by_then(&t.meta.seq));
        then.roles.retain(|r| by_then(&r.granted.meta.seq));
        then.delegations.retain(|d| by_then(&d.delegated.meta.seq));
        then.keys.retain(|k| by_then(&k.enrolled.meta.seq));
        for key in &mut then.keys {
            key.endorsed_by.retain(|(_, seq)| by_then(seq));
            key.in_force_from = key.in_force_from.filter(by_then);
            key.revoked_from = key.revoked_from.filter(by_then);
        }
        then.roles.iter_mut().for_each(|r| r.revoked_from = r.revoked_from.filter(by_then));
        then.delegations.iter_mut().for_each(|d| d.ended_from = d.ended_from.filter(by_then));
        Some(then)
    }

    /// The printed name.
    pub fn name(&self) -> &str {
        &self.enrolled.body.name
    }

    /// Whether the person may act at `seq`.
    pub fn active_at(&self, seq: u64) -> bool {
        self.left.as_ref().is_none_or(|m| seq < m.seq)
    }

    /// The key with this fingerprint, where it may sign the entry at `seq`.
    pub fn key_at(&self, key_id: &str, seq: u64) -> Option<&Key> {
        self.keys.iter().find(|k| k.enrolled.body.key_id == key_id && k.in_force_at(seq))
    }

    /// Whether the person held `role` at `seq`, an entry of the day `on`: by grant, or by a delegation that counts.
    pub fn holds(&self, role: &str, seq: u64, on: Date) -> bool {
        self.holds_by_grant(role, seq, on) || self.delegation_of(role, seq, on).is_some()
    }

    /// The delegation by which the person acts in `role` at `seq`, an entry of the day `on`.
    pub fn delegation_of(&self, role: &str, seq: u64, on: Date) -> Option<&Delegated> {
        self.delegations.iter().find(|d| {
            let (body, meta) = (&d.delegated.body, &d.delegated.meta);
            self.active_at(seq)
                && body.role == role
                && meta.seq < seq
                && d.ended_from.is_none_or(|until| seq < until)
                && on <= body.until
        })
    }

    /// Whether a training for `subject` (a role or a document) counts on the day `on`.
    pub fn trained_for(&self, subject: &str, on: Date) -> bool {
        self.trainings.iter().any(|t| {
            t.body.subject == subject && t.body.on <= on && t.body.until.is_none_or(|last| on <= last)
        })
    }

    /// Whether the person was granted `role` and held it at `seq`, an entry of the day `on`.
    pub fn holds_by_grant(&self, role: &str, seq: u64, on: Date) -> bool {
        self.active_at(seq)
            && self.roles.iter().any(|r| {
                r.granted.body.role == role
                    && r.granted.meta.seq < seq
                    && r.revoked_from.is_none_or(|until| seq < until)
                    && r.granted.body.until.is_none_or(|last| on <= last)
            })
    }
}

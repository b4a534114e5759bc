//! The seats at the gate: who has signed, who may sign next, and what is void.

use records::state::Signer;
use records::{Recorded, ReleaseSign, State};
use std::collections::BTreeSet;
use vocabulary::{Date, Digest};

/// The gate's as-of date may be at most this old when its verdict is signed or sealed.
pub const GATE_DAYS_MAX: i64 = 7;

/// The role that signs last, after the stage was written to its destination and read back.
pub const LAST: &str = "release-manager";

/// The seat of one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatStatus {
    /// Nobody has signed the current evidence in this role.
    Open,
    /// Signed, and the evidence is still what was signed.
    Signed(Signer),
    /// Signed, and void since: the evidence changed.
    Void(Signer),
}

/// All seats of a release, in the order of the product's roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seats {
    /// Role and status.
    pub seats: Vec<(String, SeatStatus)>,
    /// How many different persons have to sign.
    pub distinct_people: usize,
}

/// Why somebody cannot sign now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// The role does not sign releases of this product.
    #[error("`{role}` is not a signing role of this product; roles are {roles}")]
    Role {
        /// The role asked for.
        role: String,
        /// The roles there are.
        roles: String,
    },
    /// There is no verdict, or it failed.
    #[error("no signature before a passing gate: the last verdict is {0}")]
    Gate(String),
    /// The verdict is stale: evidence came since.
    #[error("the gate's verdict is stale: {0}")]
    Stale(String),
    /// The verdict is too old.
    #[error("the gate's as-of date {0} is more than {GATE_DAYS_MAX} days old")]
    Old(Date),
    /// Others sign first.
    #[error("`{LAST}` signs last; {0} has not signed yet")]
    Order(String),
    /// The seat is taken, over the evidence as it is.
    #[error("`{role}` is signed already, by `{person}`, over the evidence as it is")]
    Already {
        /// The role.
        role: String,
        /// Who signed.
        person: String,
    },
    /// The same person would sit in too many seats.
    #[error("`{person}` has signed as `{role}` already; {needed} different persons have to sign")]
    SamePerson {
        /// The person.
        person: String,
        /// The seat that they hold.
        role: String,
        /// How many persons are needed.
        needed: usize,
    },
}

impl Seats {
    /// The seats of `version`, where `current` is the digest of the manifest recomputed now.
    pub fn of(
        state: &State,
        version: &str,
        roles: &[String],
        distinct: usize,
        current: Option<Digest>,
    ) -> Seats {
        let release = state.releases.get(version);
        let opened = release.and_then(|r| r.candidate()).map_or(u64::MAX, |o| o.meta.seq);
        let newest = |role: &str| -> Option<&Recorded<ReleaseSign>> {
            release?.signatures.iter().rev().find(|s| s.body.role == role && s.meta.seq > opened)
        };
        let status = |role: &String| match newest(role)
            .and_then(|s| s.meta.signer.as_deref().cloned().map(|who| (s, who)))
        {
            None => SeatStatus::Open,
            Some((s, who)) if Some(s.body.manifest) == current => SeatStatus::Signed(who),
            Some((_, who)) => SeatStatus::Void(who),
        };
        Seats {
            seats: roles.iter().map(|r| (r.clone(), status(r))).collect(),
            distinct_people: distinct.max(2),
        }
    }

    /// Whether every seat is signed by enough different people.
    pub fn complete(&self) -> bool {
        let people: BTreeSet<&str> = self.signed().map(|(_, s)| s.person.as_str()).collect();
        self.signed().count() == self.seats.len()
            && people.len() >= self.distinct_people.min(self.seats.len())
    }

    fn signed(&self) -> impl Iterator<Item = (&str, &Signer)> {
        self.seats.iter().filter_map(|(r, s)| match s {
            SeatStatus::Signed(who) => Some((r.as_str(), who)),
            _ => None,
        })
    }

    /// Whether `person` may sign as `role` now.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_sign(&self, role: &str, person: &str) -> Result<(), NotYet> {
        if !self.seats.iter().any(|(r, _)| r == role) {
            let roles: Vec<&str> = self.seats.iter().map(|(r, _)| r.as_str()).collect();
            return Err(NotYet::Role { role: role.into(), roles: roles.join(", ") });
        }
        if let Some((_, who)) = self.signed().find(|(r, _)| *r == role) {
            return Err(NotYet::Already { role: role.into(), person: who.person.to_string() });
        }
        let others = |(r, s): &&(String, SeatStatus)| r != LAST && !matches!(s, SeatStatus::Signed(_));
        if let (true, Some((open, _))) = (role == LAST, self.seats.iter().find(others)) {
            return Err(NotYet::Order(open.clone()));
        }
        // As many seats as the product has may not be filled by fewer people than it demands.
        let mut people: BTreeSet<&str> =
            self.signed().filter(|(r, _)| *r != role).map(|(_, s)| s.person.as_str()).collect();
        let again = self.signed().find(|(r, s)| *r != role && s.person == person);
        people.insert(person);
        let left =
            self.seats.iter().filter(|(r, s)| r != role && !matches!(s, SeatStatus::Signed(_))).count();
        if let (Some((held, _)), true) =
            (again, people.len() + left < self.distinct_people.min(self.seats.len()))
        {
            return Err(NotYet::SamePerson {
                person: person.into(),
                role: held.into(),
                needed: self.distinct_people.min(self.seats.len()),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocabulary::Instant;

    fn signer(person: &str) -> Signer {
        Signer {
            person: person.into(),
            name: person.into(),
            role: Default::default(),
            meaning: Default::default(),
            at: Instant::from_millis(0),
            key_id: Default::default(),
            key_enrolled: Instant::from_millis(0),
            digest: Digest::of(b""),
        }
    }

    fn seats(signed: &[(&str, Option<&str>)], distinct: usize) -> Seats {
        let seat = |(r, p): &(&str, Option<&str>)| {
            ((*r).to_owned(), p.map_or(SeatStatus::Open, |p| SeatStatus::Signed(signer(p))))
        };
        Seats { seats: signed.iter().map(seat).collect(), distinct_people: distinct }
    }

    #[test]
    fn the_release_manager_signs_last() {
        let s = seats(&[("software-lead", Some("a")), ("prrc", None), (LAST, None)], 3);
        assert_eq!(s.may_sign(LAST, "c"), Err(NotYet::Order("prrc".into())));
        assert_eq!(s.may_sign("prrc", "b"), Ok(()));
    }

    #[test]
    fn one_person_cannot_fill_more_seats_than_the_product_allows() {
        let five = seats(&[("software-lead", Some("a")), ("qa-lead", None), (LAST, None)], 3);
        assert!(matches!(five.may_sign("qa-lead", "a"), Err(NotYet::SamePerson { .. })));
        let two = seats(&[("software-lead", Some("a")), ("qa-lead", None), (LAST, None)], 2);
        assert_eq!(two.may_sign("qa-lead", "a"), Ok(()), "two persons can still be reached");
    }

    #[test]
    fn a_void_signature_completes_nothing() {
        let mut s = seats(&[("software-lead", Some("a")), (LAST, Some("b"))], 2);
        assert!(s.complete());
        s.seats[0].1 = SeatStatus::Void(signer("a"));
        assert!(!s.complete());
    }
}

//! Persons, keys, roles and delegations: the part of the fold that says who may act.

use super::access::unknown;
use super::examined::Examined;
use super::fold::{Refused, body_of, meta};
use super::people::{Delegated, Key, Person, RoleHeld};
use super::{Meta, Recorded, State};
use crate::types::*;

/// The role that administers persons, roles and keys once the administration is closed.
pub const ADMINISTRATOR: &str = "administrator";

impl State {
    pub(super) fn person_enrol(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let enrolled: Recorded<PersonEnrol> = self.read(e)?;
        let id = enrolled.body.person.clone();
        if self.persons.contains_key(&id) {
            return Err(format!("`{id}` was enrolled before; an id belongs to one person forever"));
        }
        self.administers(&enrolled.meta, &id)?;
        let person = Person {
            enrolled,
            keys: Vec::new(),
            roles: Vec::new(),
            delegations: Vec::new(),
            trainings: Vec::new(),
            left: None,
        };
        self.persons.insert(id, person);
        Ok(())
    }

    pub(super) fn person_leave(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<PersonLeave> = self.read(e)?;
        self.administers(&r.meta, &r.body.person)?;
        let id = r.body.person.clone();
        self.person_mut(&id)?.left.get_or_insert(r.meta);
        self.end_delegations(e.seq, |d| d.from == id);
        Ok(())
    }

    fn person_mut(&mut self, id: &str) -> Result<&mut Person, Refused> {
        self.persons.get_mut(id).ok_or_else(|| format!("`{id}` is not enrolled"))
    }

    /// A key counts with a proof of possession; the first one is in force at once, others wait for endorsements.
    pub(super) fn key_enrol(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let body: KeyEnrol = body_of(e)?;
        let (key, _) = signing::PublicKey::from_openssh(&body.public_key).map_err(|err| err.to_string())?;
        let fingerprint = key.fingerprint();
        if key.to_openssh("") != body.public_key {
            return Err("the public key is not written as OpenSSH writes it, without a comment".into());
        }
        if fingerprint != body.key_id || e.sig.as_ref().is_none_or(|s| s.key_id != body.key_id) {
            return Err(format!("the fingerprint is {fingerprint}, the record says {}", body.key_id));
        }
        if let Some((owner, _)) = self.key_owner(&body.key_id) {
            return Err(format!("this key was enrolled before, for `{owner}`"));
        }
        let signer = self.check_act(e, &body, Some(&body.public_key))?;
        let seq = e.seq;
        let person = self.person_mut(&body.person)?;
        let in_force_from = person.keys.is_empty().then_some(seq);
        person.keys.push(Key {
            enrolled: Recorded { meta: meta(e, Some(signer)), body },
            in_force_from,
            endorsed_by: Vec::new(),
            revoked_from: None,
        });
        Ok(())
    }

    fn key_owner(&self, key_id: &str) -> Option<(&str, &Key)> {
        self.persons.iter().find_map(|(id, p)| {
            p.keys.iter().find(|k| k.enrolled.body.key_id == key_id).map(|k| (id.as_str(), k))
        })
    }

    /// One statement by an old key of the owner, or by two other persons; never the enroller alone.
    pub(super) fn key_endorse(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<KeyEndorse> = self.read(e)?;
        let by = r.meta.actor.to_string();
        let own = by == r.body.person;
        let key = self
            .person_mut(&r.body.person)?
            .keys
            .iter_mut()
            .find(|k| k.enrolled.body.key_id == r.body.key_id)
            .ok_or_else(|| format!("`{}` has no key {}", r.body.person, r.body.key_id))?;
        if !own && key.endorsed_by.iter().all(|(known, _)| *known != by) {
            key.endorsed_by.push((by, e.seq));
        }
        if key.in_force_from.is_none() && (own || key.endorsed_by.len() >= 2) {
            key.in_force_from = Some(e.seq);
        }
        Ok(())
    }

    pub(super) fn key_revoke(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<KeyRevoke> = self.read(e)?;
        // Whoever lost a key says so without waiting for anybody.
        if r.meta.signer.as_deref().is_none_or(|s| s.person != r.body.person) {
            self.administers(&r.meta, &r.body.person)?;
        }
        let key = self
            .person_mut(&r.body.person)?
            .keys
            .iter_mut()
            .find(|k| k.enrolled.body.key_id == r.body.key_id)
            .ok_or_else(|| format!("`{}` has no key {}", r.body.person, r.body.key_id))?;
        key.revoked_from.get_or_insert(e.seq);
        Ok(())
    }

    pub(super) fn role_grant(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let granted: Recorded<RoleGrant> = self.read(e)?;
        self.administers(&granted.meta, &granted.body.person)?;
        let person = granted.body.person.clone();
        self.person_mut(&person)?.roles.push(RoleHeld { granted, revoked_from: None });
        Ok(())
    }

    pub(super) fn role_revoke(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<RoleRevoke> = self.read(e)?;
        self.administers(&r.meta, &r.body.person)?;
        for held in &mut self.person_mut(&r.body.person)?.roles {
            if held.granted.body.role == r.body.role {
                held.revoked_from.get_or_insert(e.seq);
            }
        }
        let (person, role) = (&r.body.person, &r.body.role);
        self.end_delegations(e.seq, |d| d.role == *role && (d.from == *person || d.person == *person));
        Ok(())
    }

    /// A delegation ends where the giver, or the receiver, loses the role.
    fn end_delegations(&mut self, seq: u64, ends: impl Fn(&RoleDelegate) -> bool) {
        for person in self.persons.values_mut() {
            for d in person.delegations.iter_mut().filter(|d| ends(&d.delegated.body)) {
                d.ended_from.get_or_insert(seq);
            }
        }
    }

    /// Only what was granted is delegated, to somebody else who is active, and not beyond the giver's own last day.
    pub(super) fn role_delegate(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<RoleDelegate> = self.read(e)?;
        let (from, to, role) = (r.body.from.clone(), r.body.person.clone(), r.body.role.clone());
        if r.meta.actor != from {
            return Err(format!("`{}` cannot delegate a role of `{from}`", r.meta.actor));
        }
        if from == to {
            return Err(format!("`{from}` cannot delegate to themself"));
        }
        let on = e.at.date_utc();
        let giver = self.persons.get(&from).ok_or_else(|| unknown(&from))?;
        if !giver.holds_by_grant(&role, e.seq, on) {
            return Err(format!("`{from}` was not granted the role `{role}`, so cannot delegate it"));
        }
        let longest = giver.roles.iter().filter(|g| {
            g.granted.body.role == role
                && g.revoked_from.is_none()
                && g.granted.body.until.is_none_or(|u| u >= on)
        });
        let ends_before = |g: &RoleHeld| g.granted.body.until.is_some_and(|u| u < r.body.until);
        if longest.clone().all(ends_before) {
            return Err(format!("`{from}` holds the role `{role}` no longer on {}", r.body.until));
        }
        if r.body.until < on.plus_days(-1) {
            return Err(format!("{} is past", r.body.until));
        }
        let receiver = self.persons.get_mut(&to).filter(|p| p.active_at(e.seq));
        let receiver = receiver.ok_or_else(|| format!("`{to}` is not an enrolled, active person"))?;
        receiver.delegations.push(Delegated { delegated: r, ended_from: None });
        Ok(())
    }

    pub(super) fn person_train(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<PersonTrain> = self.read(e)?;
        let id = r.body.person.clone();
        self.person_mut(&id)?.trainings.push(r);
        Ok(())
    }

    /// There have to be two administrators, or the one could never be administered.
    pub(super) fn administration_close(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<AdministrationClose> = self.read(e)?;
        let role = r.meta.signer.as_deref().map(|s| s.role.as_str()).unwrap_or_default();
        if role != ADMINISTRATOR {
            return Err(format!("the administration is closed by an `{ADMINISTRATOR}`, not by `{role}`"));
        }
        let on = e.at.date_utc();
        let able = |p: &&Person| {
            p.holds_by_grant(ADMINISTRATOR, e.seq, on) && p.keys.iter().any(|k| k.in_force_at(e.seq))
        };
        if self.persons.values().filter(able).count() < 2 {
            return Err(format!("two persons with a key have to hold the role `{ADMINISTRATOR}` first"));
        }
        self.administered_from.get_or_insert(e.seq);
        Ok(())
    }

    /// Whether the maker of an entry may administer `about`: anybody while the ledger is set up, afterwards another
    /// person who signs as administrator.
    pub(super) fn administers(&self, made: &Meta, about: &str) -> Result<(), Refused> {
        if self.administered_from.is_none_or(|from| made.seq <= from) {
            return Ok(());
        }
        match &made.signer {
            Some(s) if s.role == ADMINISTRATOR && s.person != about => Ok(()),
            Some(s) if s.person == about => Err(format!("`{about}` cannot administer themself")),
            _ => Err(format!(
                "the administration of this ledger is closed: an `{ADMINISTRATOR}` signs such an act"
            )),
        }
    }
}

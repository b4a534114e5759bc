//! The manifestation of signatures: printed name, role, meaning, time, key and its enrolment (21 CFR 11.50).

use records::state::Signer;
use records::{Meta, State};
use views::{Ref, RefKind, Signature};

pub(super) fn entry(seq: u64) -> Ref {
    Ref::new(RefKind::Entry, seq.to_string())
}

/// The signature of a record; none where a process made it.
pub(super) fn of(state: &State, meta: &Meta) -> Option<Signature> {
    meta.signer.as_deref().map(|signer| of_signer(state, signer, meta.seq, None))
}

/// A signature with the entry that it stands in, and why it no longer holds.
pub(super) fn of_signer(state: &State, signer: &Signer, seq: u64, void: Option<String>) -> Signature {
    let keys = state.persons.get(signer.person.as_str()).map(|p| p.keys.as_slice()).unwrap_or_default();
    let key = keys.iter().find(|k| k.enrolled.body.key_id == signer.key_id);
    Signature {
        name: signer.name.to_string(),
        person: signer.person.to_string(),
        role: signer.role.to_string(),
        meaning: signer.meaning.to_string(),
        at: signer.at,
        key: signer.key_id.to_string(),
        enrolled: signer.key_enrolled.date_utc(),
        enrolled_in: key.map_or_else(|| Ref::plain("–"), |k| entry(k.enrolled.meta.seq)),
        entry: entry(seq),
        digest: signer.digest,
        void,
    }
}

/// `NAME (role)`: who signed; or the process that made a record.
pub(super) fn who(meta: &Meta) -> String {
    match &meta.signer {
        Some(s) => format!("{} ({})", s.name, s.role),
        None => meta.actor.to_string(),
    }
}

/// `NAME (role), 2026-03-14`: who signed when, in a cell.
pub(super) fn short(meta: &Meta) -> String {
    match &meta.signer {
        Some(s) => format!("{}, {}", who(meta), s.at.date_utc()),
        None => meta.actor.to_string(),
    }
}

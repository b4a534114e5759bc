//! What runs out: tokens, passwords, roles, delegations, trainings; and documents that are to be reviewed again.

use super::Add;
use records::State;
use std::collections::BTreeMap;
use vocabulary::Date;

/// What runs out. What ran out before is nobody's task any more, except where somebody cannot work without it.
pub(super) fn expiries(state: &State, as_of: Date, add: Add<'_>) {
    for (name, token) in state.tokens.iter().filter(|(_, t)| t.revoked.is_none()) {
        if token.issued.body.until >= as_of {
            add(token.issued.body.until, "renew the token", name);
        }
    }
    for (person, account) in state.accounts.iter().filter(|(_, a)| a.revoked.is_none()) {
        let active = state.persons.get(person).is_some_and(|p| p.left.is_none());
        if let Some(last) = account.credentials.last().filter(|_| active) {
            add(last.body.expires, "change the password of", person);
        }
    }
    for (id, person) in state.persons.iter().filter(|(_, p)| p.left.is_none()) {
        for held in person.roles.iter().filter(|r| r.revoked_from.is_none()) {
            if let Some(until) = held.granted.body.until.filter(|u| *u >= as_of) {
                add(until, &format!("renew or hand over the role {} of", held.granted.body.role), id);
            }
        }
        for d in person.delegations.iter().filter(|d| d.ended_from.is_none()) {
            let body = &d.delegated.body;
            if body.until >= as_of {
                add(body.until, &format!("end or renew the delegation of {} to", body.role), id);
            }
        }
        let mut newest: BTreeMap<&str, Option<Date>> = BTreeMap::new();
        for t in &person.trainings {
            let until = newest.entry(t.body.subject.as_str()).or_insert(t.body.until);
            // A training without an end outlasts every other.
            *until = match (*until, t.body.until) {
                (Some(a), Some(b)) => Some(a.max(b)),
                _ => None,
            };
        }
        for (subject, until) in newest {
            if let Some(until) = until {
                add(until, &format!("train again for {subject}:"), id);
            }
        }
    }
}

/// Documents whose periodic review comes, unless they are withdrawn.
pub(super) fn documents(state: &State, _as_of: Date, add: Add<'_>) {
    for (id, life) in state.documents.iter().filter(|(_, l)| l.obsolete.is_none()) {
        if let Some(day) = life.review_due() {
            add(day, "review the document", id);
        }
    }
}

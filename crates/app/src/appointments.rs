//! People over time: training, delegation, closing the administration, and who held which role on a day.

use crate::act::Actor;
use crate::error::Result;
use crate::workspace::{Appended, Workspace};
use records::{AdministrationClose, LetterRecord, PersonTrain, Record, RoleDelegate};
use serde::Serialize;
use vocabulary::Date;

/// Who administers: somebody who writes to a ledger that is being set up, or an administrator who signs.
#[derive(Clone, Debug)]
pub enum Administrator {
    /// The name that the record gives; taken until the administration is closed.
    Named(String),
    /// A person who signs as `administrator` (or in a role that `[permissions]` names).
    Signed(Actor),
}

impl Workspace {
    /// Records an act of administration.
    ///
    /// # Errors
    /// As [`Workspace::record`] and [`Workspace::record_act`].
    pub(crate) fn administer<R: Record>(
        &self,
        by: &Administrator,
        meaning: &str,
        body: &R,
    ) -> Result<Appended> {
        match by {
            Administrator::Named(name) => self.record(name, body),
            Administrator::Signed(actor) => self.record_act(actor, meaning, body),
        }
    }
}

/// A person was trained.
///
/// # Errors
/// When nobody of that id is enrolled, or something is empty.
pub fn person_train(ws: &Workspace, by: &Administrator, body: &PersonTrain) -> Result<Appended> {
    ws.administer(by, "I have seen the evidence of this training", body)
}

/// A person lets another act in their role until a day.
///
/// # Errors
/// When the person was not granted the role, or the other cannot act.
pub fn role_delegate(ws: &Workspace, actor: &Actor, to: &str, until: Date, reason: &str) -> Result<Appended> {
    let body = RoleDelegate {
        person: to.to_owned(),
        from: actor.person.clone(),
        role: actor.role.clone(),
        until,
        reason: reason.to_owned(),
    };
    ws.record_act(actor, "I let this person act in my role until this day, and remain accountable", &body)
}

/// From here on only administrators administer, signed.
///
/// # Errors
/// When there are not two of them with a key.
pub fn administration_close(ws: &Workspace, actor: &Actor, reason: &str) -> Result<Appended> {
    let body = AdministrationClose { reason: reason.to_owned() };
    ws.record_act(actor, "the persons, roles and keys of this ledger are set up and checked", &body)
}

/// The letter by which the firm told an authority that its electronic signatures are binding.
///
/// # Errors
/// When something is empty.
pub fn letter_record(ws: &Workspace, by: &Administrator, body: &LetterRecord) -> Result<Appended> {
    ws.administer(by, "this letter was sent", body)
}

/// Who held a role on a day.
#[derive(Clone, Debug, Serialize)]
pub struct RoleRow {
    /// The role.
    pub role: String,
    /// The person.
    pub person: String,
    /// Their printed name.
    pub name: String,
    /// `granted`, or `delegated by PERSON`.
    pub how: String,
    /// The last day, where there is one.
    pub until: Option<Date>,
    /// The training that counted on that day.
    pub training: Option<String>,
    /// Whether the person had a key in force, so could sign.
    pub can_sign: bool,
}

/// Who held which role at the end of a day, past or present: whoever appears here could sign in that role on that day.
///
/// # Errors
/// When the ledger cannot be read.
pub fn role_list(ws: &Workspace, on: Option<Date>) -> Result<Vec<RoleRow>> {
    let ledger = ws.ledger()?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let on = on.unwrap_or(today);
    // Roles go by UTC days, as the fold counts them. Persons are dated by entries: nothing is folded for a day in the past.
    let (state, seq) = (ledger.listed(ws, None)?, ledger.position_on(on)?);
    let mut rows = Vec::new();
    for (id, person) in state.persons.iter().filter_map(|(id, p)| Some((id, p.at(seq)?))) {
        let mut roles: Vec<&str> = person.roles.iter().map(|r| r.granted.body.role.as_str()).collect();
        roles.extend(person.delegations.iter().map(|d| d.delegated.body.role.as_str()));
        roles.sort_unstable();
        roles.dedup();
        for role in roles.into_iter().filter(|r| person.holds(r, seq, on)) {
            let delegation =
                person.delegation_of(role, seq, on).filter(|_| !person.holds_by_grant(role, seq, on));
            let granted = person.roles.iter().rev().find(|r| r.granted.body.role == role);
            rows.push(RoleRow {
                role: role.to_owned(),
                person: id.clone(),
                name: person.name().to_owned(),
                how: delegation
                    .map_or("granted".to_owned(), |d| format!("delegated by {}", d.delegated.body.from)),
                until: match delegation {
                    Some(d) => Some(d.delegated.body.until),
                    None => granted.and_then(|g| g.granted.body.until),
                },
                training: person
                    .trainings
                    .iter()
                    .rev()
                    .find(|t| {
                        t.body.subject == role && t.body.on <= on && t.body.until.is_none_or(|u| on <= u)
                    })
                    .map(|t| t.body.reference.clone()),
                can_sign: person.keys.iter().any(|k| k.in_force_at(seq)),
            });
        }
    }
    rows.sort_by(|a, b| (&a.role, &a.person).cmp(&(&b.role, &b.person)));
    Ok(rows)
}

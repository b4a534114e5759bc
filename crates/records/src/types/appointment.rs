//! People over time: training, delegation of a role, and who may administer.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A person was trained (21 CFR 11.10 i). The evidence itself lies in the firm's training system; this names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonTrain {
    /// The person.
    pub person: String,
    /// What for: a role, or the id of a controlled document.
    pub subject: String,
    /// Where the evidence is: `TR-2026-014`, a course and its certificate.
    pub reference: String,
    /// The day of the training.
    pub on: Date,
    /// The last day on which it counts; open-ended where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}
record!(PersonTrain, "person/train/v1", process, self => self.person.clone());

/// A person lets another act in their role until a day. Only a role that was granted can be delegated, never a
/// delegated one; it ends with the day, with its revocation, and when the giver holds the role no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDelegate {
    /// Who may act.
    pub person: String,
    /// Whose role it is: the person who signs this.
    pub from: String,
    /// The role.
    pub role: String,
    /// The last day. There is no delegation without one.
    pub until: Date,
    /// Why.
    pub reason: String,
}
record!(RoleDelegate, "role/delegate/v1", personal, self => self.person.clone());

/// From here on persons, roles and others' keys are administered only by acts that a holder of the role
/// `administrator` signs, and nobody administers themself. Until then a ledger is being set up and whoever can write to
/// it enrols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdministrationClose {
    /// Why now: the set-up is done, and who checked it.
    pub reason: String,
}
record!(AdministrationClose, "administration/close/v1", personal, self => "administration".to_owned());

/// The firm told the authority that its electronic signatures are binding (21 CFR 11.100 c): where that letter is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterRecord {
    /// To whom: `FDA`.
    pub authority: String,
    /// The letter's reference.
    pub reference: String,
    /// Its date.
    pub on: Date,
}
record!(LetterRecord, "letter/record/v1", process, self => self.authority.clone());

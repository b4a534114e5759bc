//! Who could sign what on a given day: persons with roles, keys, passwords, passkeys and trainings, for any past day.

use crate::error::Result;
use crate::workspace::Workspace;
use records::State;
use records::state::Person;
use serde::Serialize;
use vocabulary::Date;

/// A means of signing on the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeansRow {
    /// `key`, `password`, `passkey`.
    pub means: &'static str,
    /// The key's fingerprint, or the passkey's name.
    pub id: String,
    /// The day of its enrolment.
    pub since: Date,
    /// The last day on which it is taken, where it ages.
    pub until: Option<Date>,
    /// Whether it was taken on the day; where not, why.
    pub not_taken: String,
}

/// A person on the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonReport {
    /// The id.
    pub person: String,
    /// The printed name.
    pub name: String,
    /// The day of the enrolment.
    pub enrolled: Date,
    /// How the identity was verified.
    pub identity_proof: String,
    /// Whether the person was active.
    pub active: bool,
    /// Roles held, and by delegation of whom.
    pub roles: Vec<String>,
    /// What the person was trained for by then, and where the evidence is.
    pub trainings: Vec<String>,
    /// The means of signing.
    pub means: Vec<MeansRow>,
    /// The acts that the person could sign then: one of the roles does them, and a means was taken.
    pub could_sign: Vec<String>,
}

/// All persons as they stood at the end of the day `on`; today where absent.
///
/// # Errors
/// When the ledger cannot be read.
pub fn person_report(ws: &Workspace, on: Option<Date>) -> Result<Vec<PersonReport>> {
    let ledger = ws.ledger()?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let on = on.unwrap_or(today);
    let state = ledger.listed(ws, Some(ledger.position_on(on)?))?;
    Ok(state.persons.iter().map(|(id, person)| report(ws, &state, id, person, on)).collect())
}

fn report(ws: &Workspace, state: &State, id: &str, person: &Person, on: Date) -> PersonReport {
    let active = person.active_at(state.position);
    let granted = person.roles.iter().map(|r| (r.granted.body.role.clone(), None));
    let lent = person.delegations.iter();
    let lent = lent.map(|d| (d.delegated.body.role.clone(), Some(d.delegated.body.from.clone())));
    let mut held: Vec<(String, Option<String>)> =
        granted.chain(lent).filter(|(role, _)| active && person.holds(role, state.position, on)).collect();
    held.sort();
    held.dedup_by(|a, b| a.0 == b.0);
    let means = means(ws, state, id, person, on);
    let able = active && means.iter().any(|m| m.not_taken.is_empty() && m.means == "key");
    let acts = records::KINDS.iter().filter(|k| k.personal && able);
    let could = acts.filter(|k| {
        held.iter().any(|(role, _)| {
            crate::authority::permission(&ws.config, k, role) == crate::authority::Permission::Signs
        })
    });
    let act = |kind: &str| kind.rsplit_once('/').map_or(kind, |(act, _)| act).to_owned();
    let trainings = person.trainings.iter().filter(|t| t.body.on <= on);
    PersonReport {
        person: id.to_owned(),
        name: person.name().to_owned(),
        enrolled: person.enrolled.meta.at.date_utc(),
        identity_proof: person.enrolled.body.identity_proof.clone(),
        active,
        trainings: trainings.map(|t| format!("{}: {}", t.body.subject, t.body.reference)).collect(),
        could_sign: could.map(|k| act(k.kind)).collect(),
        roles: held
            .into_iter()
            .map(|(role, from)| from.map_or(role.clone(), |from| format!("{role} (delegated by {from})")))
            .collect(),
        means,
    }
}

fn means(ws: &Workspace, state: &State, id: &str, person: &Person, on: Date) -> Vec<MeansRow> {
    let mut out = Vec::new();
    for key in &person.keys {
        let until = crate::ageing::last_day(&ws.config, key);
        let not_taken = match (key.revoked_from, key.in_force_from, until) {
            (Some(_), ..) => "revoked",
            (None, None, _) => "nobody has vouched for it yet",
            (None, Some(_), Some(day)) if on > day => "to be replaced",
            _ => "",
        };
        out.push(MeansRow {
            means: "key",
            id: key.enrolled.body.key_id.clone(),
            since: key.enrolled.meta.at.date_utc(),
            until,
            not_taken: not_taken.to_owned(),
        });
    }
    if let Some(account) = state.accounts.get(id)
        && let Some(last) = account.credentials.last()
    {
        out.push(MeansRow {
            means: "password",
            id: last.body.key_id.clone(),
            since: last.meta.at.date_utc(),
            until: Some(last.body.expires),
            not_taken: account.usable(on).err().unwrap_or_default(),
        });
    }
    for passkey in state.passkeys.values().filter(|p| p.enrolled.body.person == id) {
        out.push(MeansRow {
            means: "passkey",
            id: passkey.enrolled.body.name.clone(),
            since: passkey.enrolled.meta.at.date_utc(),
            until: None,
            not_taken: match &passkey.revoked {
                Some(revoked) => revoked.body.reason.clone(),
                None if state.passkey_waits(passkey) => "nobody has vouched for its key yet".to_owned(),
                None => String::new(),
            },
        });
    }
    out
}

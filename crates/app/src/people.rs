//! Persons, roles and keys.

use crate::act::{Actor, Means};
use crate::appointments::Administrator;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::{KeyEndorse, KeyEnrol, KeyRevoke, PersonEnrol, PersonLeave, RoleGrant, RoleRevoke};
use std::path::Path;
use vocabulary::Date;

/// Enrols a person.
///
/// # Errors
/// When the id is malformed or was given before, or something is empty.
pub fn person_enrol(
    ws: &Workspace,
    by: &Administrator,
    person: &str,
    name: &str,
    identity_proof: &str,
) -> Result<Appended> {
    let body =
        PersonEnrol { person: person.into(), name: name.into(), identity_proof: identity_proof.into() };
    ws.administer(by, "I have verified the identity of this person", &body)
}

/// A person may act no longer.
///
/// # Errors
/// When nobody of that id is enrolled.
pub fn person_leave(ws: &Workspace, by: &Administrator, person: &str, reason: &str) -> Result<Appended> {
    ws.administer(
        by,
        "this person may act no longer",
        &PersonLeave { person: person.into(), reason: reason.into() },
    )
}

/// A person holds a role from now on.
///
/// # Errors
/// When nobody of that id is enrolled.
pub fn role_grant(
    ws: &Workspace,
    by: &Administrator,
    person: &str,
    role: &str,
    until: Option<Date>,
    reason: &str,
) -> Result<Appended> {
    let body = RoleGrant { person: person.into(), role: role.into(), until, reason: reason.into() };
    ws.administer(by, "I appoint this person to this role", &body)
}

/// A person holds a role no longer.
///
/// # Errors
/// When the person does not hold it.
pub fn role_revoke(
    ws: &Workspace,
    by: &Administrator,
    person: &str,
    role: &str,
    reason: &str,
) -> Result<Appended> {
    let body = RoleRevoke { person: person.into(), role: role.into(), reason: reason.into() };
    ws.administer(by, "this person holds this role no longer", &body)
}

/// Makes a new key for a person in a file, and enrols it.
///
/// # Errors
/// When the file exists, or the key cannot be enrolled.
pub fn key_generate(ws: &Workspace, person: &str, file: &Path) -> Result<Appended> {
    let key = crate::keys::generate(person)?;
    crate::keys::write_private(file, &key)?;
    key_enrol(ws, person, &Means::KeyFile(file.to_owned()), None)
}

/// Enrols a key of a person: proof of possession is the entry's own signature. A first key is in force at once, a further
/// one once it is endorsed.
///
/// # Errors
/// When the key was enrolled before or the signature does not hold.
pub fn key_enrol(ws: &Workspace, person: &str, means: &Means, public_key: Option<&Path>) -> Result<Appended> {
    let line = match (means, public_key) {
        (Means::KeyFile(path), _) => crate::keys::read_private(path)?.public().to_openssh(""),
        (_, Some(path)) => std::fs::read_to_string(path).doing(format_args!("read {}", path.display()))?,
        _ => {
            return Err(Error::refused("which key?")
                .hint("name the private key with `--key FILE`, or the public one with `--public-key FILE`"));
        }
    };
    let (key, _) = signing::PublicKey::from_openssh(line.trim()).map_err(|e| {
        Error::refused("this public key cannot sign here")
            .because(e)
            .hint("ed25519 keys can: ssh-keygen -t ed25519")
    })?;
    let body = KeyEnrol {
        person: person.into(),
        public_key: key.to_openssh("").trim().to_owned(),
        key_id: key.fingerprint(),
    };
    let actor = Actor { person: person.into(), role: String::new(), means: means.clone() };
    ws.record_act(&actor, "this key is mine and I keep it for myself alone", &body)
}

/// Somebody vouches for a further key of a person.
///
/// # Errors
/// When the person has no such key.
pub fn key_endorse(
    ws: &Workspace,
    actor: &Actor,
    person: &str,
    key_id: &str,
    reason: &str,
) -> Result<Appended> {
    let body = KeyEndorse { person: person.into(), key_id: key_id.into(), reason: reason.into() };
    ws.record_act(actor, "I know that this key belongs to this person", &body)
}

/// A key may sign no longer.
///
/// # Errors
/// When the person has no such key.
pub fn key_revoke(
    ws: &Workspace,
    by: &Administrator,
    person: &str,
    key_id: &str,
    reason: &str,
) -> Result<Appended> {
    said("a reason", reason)?;
    let body = KeyRevoke { person: person.into(), key_id: key_id.into(), reason: reason.into() };
    ws.administer(by, "this key may sign no longer", &body)
}

/// Empty is not none: a text that has to be given is refused when blank.
pub(crate) fn said(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        Err(Error::refused(format!("{what} is needed, and it is empty")))
    } else {
        Ok(())
    }
}

/// An id that people write into commands, commits and documents: letters, digits, `.`, `_`, `-`.
pub(crate) fn identifier(what: &str, text: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !text.is_empty() && text.chars().all(fits) {
        return Ok(());
    }
    Err(Error::refused(format!("`{text}` cannot be {what}"))
        .hint("an id is made of letters, digits, `.`, `_` and `-`, without spaces: AN-7"))
}

/// A person in a list.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PersonRow {
    /// The id.
    pub person: String,
    /// The printed name.
    pub name: String,
    /// Roles held today.
    pub roles: Vec<String>,
    /// How the identity was verified.
    pub identity_proof: String,
    /// Trainings: what for, and where the evidence is.
    pub trainings: Vec<String>,
    /// Fingerprints of keys in force.
    pub keys: Vec<String>,
    /// May act no longer.
    pub left: bool,
}

/// All persons.
///
/// # Errors
/// When the ledger cannot be read.
pub fn person_list(ws: &Workspace) -> Result<Vec<PersonRow>> {
    let state = ws.ledger()?.listed(ws, None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let row = |(id, p): (&String, &records::state::Person)| {
        let mut roles: Vec<String> = p.roles.iter().map(|r| r.granted.body.role.clone()).collect();
        roles.extend(p.delegations.iter().map(|d| d.delegated.body.role.clone()));
        roles.sort();
        roles.dedup();
        roles.retain(|r| p.holds(r, state.position, today));
        let keys = p.keys.iter().filter(|k| k.in_force_at(state.position));
        PersonRow {
            person: id.clone(),
            name: p.name().to_owned(),
            roles,
            identity_proof: p.enrolled.body.identity_proof.clone(),
            trainings: p
                .trainings
                .iter()
                .map(|t| format!("{}: {}", t.body.subject, t.body.reference))
                .collect(),
            keys: keys.map(|k| k.enrolled.body.key_id.clone()).collect(),
            left: p.left.is_some(),
        }
    };
    Ok(state.persons.iter().map(row).collect())
}

/// The only role that a person holds.
///
/// # Errors
/// When the person holds none or several: which one is acted in has to be said.
pub fn only_role(ws: &Workspace, person: &str) -> Result<String> {
    let rows = person_list(ws)?;
    let found = role_of(&rows, person);
    // Who is nobody, or holds nothing, tried to act: that is on record too.
    found.inspect_err(|e| {
        let actor = Actor { person: person.into(), role: String::new(), means: Means::Agent };
        ws.note_refusal(&actor, "signature", "", e);
    })
}

fn role_of(rows: &[PersonRow], person: &str) -> Result<String> {
    let row = rows.iter().find(|r| r.person == person).ok_or_else(|| {
        Error::refused(format!("`{person}` is not enrolled")).hint("list persons with `dossier person list`")
    })?;
    match row.roles.as_slice() {
        [role] => Ok(role.clone()),
        [] => Err(Error::refused(format!("`{person}` holds no role"))
            .hint(format!("grant one: dossier role grant {person} ROLE --reason …"))),
        several => Err(Error::refused(format!("`{person}` holds several roles: {}", several.join(", ")))
            .hint("say in which one the person acts, with `--role`")),
    }
}

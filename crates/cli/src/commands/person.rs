//! `dossier person | role | key`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result, Workspace};
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier person`
#[derive(Subcommand, Debug)]
pub(crate) enum PersonVerb {
    /// Enrol a person. Example: dossier person enrol qa-lead --name "QA lead" --identity-proof "known in person"
    Enrol {
        /// A short id, unique forever: lower-case letters, digits, hyphens.
        person: String,
        /// The printed name, as signatures show it.
        #[arg(long)]
        name: String,
        /// How the identity was verified.
        #[arg(long)]
        identity_proof: String,
        /// Who enrols.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// A person may act no longer; what was signed stays valid.
    Leave {
        /// The person.
        person: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who records it.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// All persons with roles and keys.
    List,
}

/// `dossier role`
#[derive(Subcommand, Debug)]
pub(crate) enum RoleVerb {
    /// A person holds a role from now on. Example: dossier role grant qa-lead qa-lead --reason "appointed"
    Grant {
        /// The person.
        person: String,
        /// The role.
        role: String,
        /// The last day of it.
        #[arg(long, value_name = "DATE")]
        until: Option<vocabulary_date::DateArg>,
        /// Why: appointment, training.
        #[arg(long)]
        reason: String,
        /// Who grants.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// A person holds a role no longer.
    Revoke {
        /// The person.
        person: String,
        /// The role.
        role: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who revokes.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
}

/// `dossier key`
#[derive(Subcommand, Debug)]
pub(crate) enum KeyVerb {
    /// Make a key for a person and enrol it. Example: dossier key new qa-lead --file qa-lead.key
    New {
        /// The person.
        person: String,
        /// Where to write the private key; the public one goes beside it.
        #[arg(long)]
        file: PathBuf,
    },
    /// Enrol a key that the person has already.
    Enrol {
        /// The person.
        person: String,
        /// The public key, where ssh-agent holds the private one.
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Vouch for a further key: the owner by an older key, or two other persons.
    Endorse {
        /// The owner.
        owner: String,
        /// The fingerprint.
        #[arg(long)]
        fingerprint: String,
        /// How you know that it is the owner's.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// A key may sign no longer.
    Revoke {
        /// The owner.
        owner: String,
        /// The fingerprint.
        #[arg(long)]
        fingerprint: String,
        /// Why: lost, stolen, replaced.
        #[arg(long)]
        reason: String,
        /// Who revokes.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
}

/// A date as an argument.
mod vocabulary_date {
    use app::Date;

    /// `2026-12-31`
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct DateArg(pub(crate) Date);

    impl std::str::FromStr for DateArg {
        type Err = String;

        fn from_str(s: &str) -> Result<Self, Self::Err> {
            s.parse().map(DateArg).map_err(|e: app::ParseTimeError| e.to_string())
        }
    }
}

impl PersonVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            PersonVerb::Enrol { person, name, identity_proof, by } => {
                (format!("enrolled {person}"), app::person_enrol(&ws, &by, &person, &name, &identity_proof)?)
            }
            PersonVerb::Leave { person, reason, by } => {
                (format!("{person} has left"), app::person_leave(&ws, &by, &person, &reason)?)
            }
            PersonVerb::List => return list(&ws, global),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn list(ws: &Workspace, global: &Global) -> Result<Outcome> {
    let rows = app::person_list(ws)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/persons/v1", "persons": rows}));
        return Ok(Outcome::Clean);
    }
    let cells =
        |p: &app::PersonRow| vec![p.person.clone(), p.name.clone(), p.roles.join(", "), p.keys.join(", ")];
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["person", "name", "roles", "keys in force"], &rows));
    Ok(Outcome::Clean)
}

impl RoleVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            RoleVerb::Grant { person, role, until, reason, by } => {
                let done = app::role_grant(&ws, &by, &person, &role, until.map(|d| d.0), &reason)?;
                (format!("{person} holds {role}"), done)
            }
            RoleVerb::Revoke { person, role, reason, by } => (
                format!("{person} holds {role} no longer"),
                app::role_revoke(&ws, &by, &person, &role, &reason)?,
            ),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

impl KeyVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            KeyVerb::New { person, file } => {
                let done = app::key_generate(&ws, &person, &file)?;
                (format!("made {} and enrolled it for {person}", file.display()), done)
            }
            KeyVerb::Enrol { person, public_key, signing } => {
                if signing.person.as_ref().is_some_and(|p| *p != person) {
                    return Err(Error::refused("a key is enrolled by its owner: leave `--as` out"));
                }
                let done = app::key_enrol(&ws, &person, &signing.means(), public_key.as_deref())?;
                (format!("enrolled a key of {person}"), done)
            }
            KeyVerb::Endorse { owner, fingerprint, reason, signing } => {
                let actor = signing.actor(&ws, Some(""))?;
                (
                    format!("endorsed {fingerprint}"),
                    app::key_endorse(&ws, &actor, &owner, &fingerprint, &reason)?,
                )
            }
            KeyVerb::Revoke { owner, fingerprint, reason, by } => {
                (format!("revoked {fingerprint}"), app::key_revoke(&ws, &by, &owner, &fingerprint, &reason)?)
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

//! `dossier person | role | key`.

use crate::context::{By, Global, Inputs, Signing};
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
        #[command(flatten)]
        by: By,
    },
    /// A person may act no longer; what was signed stays valid.
    Leave {
        /// The person.
        person: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// A person was trained. Example: dossier person train qa-lead --for qa-lead --reference TR-2026-014 --on 2026-03-01
    Train {
        /// The person.
        person: String,
        /// What for: a role, or the id of a controlled document.
        #[arg(long = "for", value_name = "ROLE|DOCUMENT")]
        subject: String,
        /// Where the evidence is.
        #[arg(long)]
        reference: String,
        /// The day of the training.
        #[arg(long, value_name = "DATE")]
        on: vocabulary_date::DateArg,
        /// The last day on which it counts.
        #[arg(long, value_name = "DATE")]
        until: Option<vocabulary_date::DateArg>,
        #[command(flatten)]
        by: By,
    },
    /// From here on only administrators administer persons, roles and keys, signed, and nobody themself.
    /// Example: dossier person close-administration --as admin-one --reason "set up, checked with the QA lead"
    CloseAdministration {
        /// Why now.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// The letter to an authority that electronic signatures are binding (21 CFR 11.100 c).
    Letter {
        /// The authority: FDA.
        authority: String,
        /// The letter's reference.
        #[arg(long)]
        reference: String,
        /// Its date.
        #[arg(long, value_name = "DATE")]
        on: vocabulary_date::DateArg,
        #[command(flatten)]
        by: By,
    },
    /// All persons with roles and keys.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Who could sign what on a day: roles, delegations, keys with their age, passwords, passkeys, trainings.
    /// Example: dossier person report --on 2026-03-01
    Report {
        /// The day; today where absent.
        #[arg(long, value_name = "DATE")]
        on: Option<vocabulary_date::DateArg>,
    },
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
        #[command(flatten)]
        by: By,
    },
    /// Another person acts in your role until a day; you stay accountable.
    /// Example: dossier role delegate deputy --until 2026-08-31 --reason holiday --as prrc
    Delegate {
        /// Who may act.
        person: String,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        until: vocabulary_date::DateArg,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Who held which role, so could sign in it, on a day. Example: dossier role list --on 2026-03-01
    List {
        /// The day; today where absent.
        #[arg(long, value_name = "DATE")]
        on: Option<vocabulary_date::DateArg>,
    },
    /// Which role may do which act, with what `[permissions]` changes.
    Permissions,
    /// A person holds a role no longer.
    Revoke {
        /// The person.
        person: String,
        /// The role.
        role: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
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
    #[command(flatten)]
    Credential(super::credential::Verb),
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
        #[command(flatten)]
        by: By,
    },
}

/// A date as an argument.
pub(crate) mod vocabulary_date {
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
            PersonVerb::Enrol { person, name, identity_proof, by } => (
                format!("enrolled {person}"),
                app::person_enrol(&ws, &by.administrator(), &person, &name, &identity_proof)?,
            ),
            PersonVerb::Leave { person, reason, by } => {
                (format!("{person} has left"), app::person_leave(&ws, &by.administrator(), &person, &reason)?)
            }
            PersonVerb::Train { person, subject, reference, on, until, by } => {
                let what = format!("{person} was trained for {subject}");
                let by = by.administrator();
                let until = until.map(|d| d.0);
                let body = app::records::PersonTrain { person, subject, reference, on: on.0, until };
                (what, app::person_train(&ws, &by, &body)?)
            }
            PersonVerb::CloseAdministration { reason, signing } => {
                let actor = signing.actor(&ws, Some(app::records::state::ADMINISTRATOR))?;
                let what = "from now on administrators sign what they administer".to_owned();
                (what, app::administration_close(&ws, &actor, &reason)?)
            }
            PersonVerb::Letter { authority, reference, on, by } => {
                let what = format!("the letter to {authority} is recorded");
                let body = app::records::LetterRecord { authority, reference, on: on.0 };
                (what, app::letter_record(&ws, &by.administrator(), &body)?)
            }
            PersonVerb::List { inputs } => return list(&inputs.of(ws)?, global),
            PersonVerb::Report { on } => return report(&ws, global, on.map(|d| d.0)),
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

fn report(ws: &Workspace, global: &Global, on: Option<app::Date>) -> Result<Outcome> {
    use std::fmt::Write as _;
    let rows = app::person_report(ws, on)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/person-report/v1", "on": on, "persons": rows}));
        return Ok(Outcome::Clean);
    }
    let mut out = String::new();
    for p in &rows {
        let active = if p.active { "" } else { " (may act no longer)" };
        let _ =
            writeln!(out, "{} {}{active}, enrolled {} by {}", p.person, p.name, p.enrolled, p.identity_proof);
        let _ = writeln!(out, "  roles      {}", or_none(&p.roles));
        for m in &p.means {
            let until = m.until.map(|d| format!(", until {d}")).unwrap_or_default();
            let not =
                if m.not_taken.is_empty() { String::new() } else { format!(", not taken: {}", m.not_taken) };
            let _ = writeln!(out, "  {:10} {} since {}{until}{not}", m.means, m.id, m.since);
        }
        let _ = writeln!(out, "  trained    {}", or_none(&p.trainings));
        let _ = writeln!(out, "  could sign {}\n", or_none(&p.could_sign));
    }
    print::out(&out);
    Ok(Outcome::Clean)
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn roles(ws: &Workspace, global: &Global, on: Option<app::Date>) -> Result<Outcome> {
    let rows = app::role_list(ws, on)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/roles/v1", "roles": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |r: &app::RoleRow| {
        let training = r.training.clone().unwrap_or_else(|| "-".to_owned());
        let until = r.until.map_or_else(|| "-".to_owned(), |d| d.to_string());
        let key = if r.can_sign { "yes" } else { "no key" };
        vec![r.role.clone(), r.person.clone(), r.name.clone(), r.how.clone(), until, training, key.to_owned()]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["role", "person", "name", "how", "until", "training", "can sign"], &rows));
    Ok(Outcome::Clean)
}

impl RoleVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            RoleVerb::Grant { person, role, until, reason, by } => {
                let done =
                    app::role_grant(&ws, &by.administrator(), &person, &role, until.map(|d| d.0), &reason)?;
                (format!("{person} holds {role}"), done)
            }
            RoleVerb::Delegate { person, until, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let what = format!("{person} may act as {} until {}", actor.role, until.0);
                (what, app::role_delegate(&ws, &actor, &person, until.0, &reason)?)
            }
            RoleVerb::List { on } => return roles(&ws, global, on.map(|d| d.0)),
            RoleVerb::Permissions => {
                print::out(&app::permission_table(&ws.config));
                return Ok(Outcome::Clean);
            }
            RoleVerb::Revoke { person, role, reason, by } => (
                format!("{person} holds {role} no longer"),
                app::role_revoke(&ws, &by.administrator(), &person, &role, &reason)?,
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
            KeyVerb::Credential(verb) => return verb.run(&ws, global),
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
            KeyVerb::Revoke { owner, fingerprint, reason, by } => (
                format!("revoked {fingerprint}"),
                app::key_revoke(&ws, &by.administrator(), &owner, &fingerprint, &reason)?,
            ),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

//! `dossier key password | invite | unlock | token`: signing by password, and tokens of the server.

use super::person::vocabulary_date::DateArg;
use crate::context::{By, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result, Workspace};
use clap::Subcommand;
use std::path::PathBuf;

/// Means that are no key files.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Enrol a person for signing on the pages by password and one-time code; asks for both on a terminal.
    /// Example: dossier key password qa-lead
    Password {
        /// The person, who is at the keyboard.
        person: String,
        /// Read the password from this file instead of asking.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Read the token's secret (base32) from this file instead of making and showing one.
        #[arg(long, value_name = "FILE", requires = "code")]
        token_file: Option<PathBuf>,
        /// The code that the token shows now.
        #[arg(long)]
        code: Option<String>,
        /// Change the password: the old one from this file. Needs a code.
        #[arg(long, value_name = "FILE", conflicts_with = "token_file")]
        change_from: Option<PathBuf>,
        /// The last day of the password; 180 days from now if absent.
        #[arg(long, value_name = "DATE")]
        expires: Option<DateArg>,
    },
    /// A password or token is taken no longer: lost, stolen. Example: dossier key password-revoke qa-lead --reason "telephone lost"
    PasswordRevoke {
        /// The person.
        person: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Let a person enrol a password and a passkey themself, on the page /enrol, with a code that is shown once and good once.
    /// Example: dossier key invite tester --hours 4 --as administrator
    Invite {
        /// The person, enrolled and seen; they have no password.
        person: String,
        /// How long the code is taken.
        #[arg(long, value_name = "N", default_value_t = 24)]
        hours: u32,
        #[command(flatten)]
        by: By,
    },
    /// All passkeys: whose, for which site, since when. They are enrolled on the pages. Example: dossier key passkeys
    Passkeys {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// A passkey is taken no longer: lost, stolen. Example: dossier key passkey-revoke qa-lead "blue token" --reason lost
    PasskeyRevoke {
        /// The person.
        person: String,
        /// Its name or id, as `dossier key passkeys` shows them.
        passkey: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Let a locked account in again, after finding out what happened; never one's own.
    Unlock {
        /// The person whose account it is.
        person: String,
        /// What happened.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Make a token for the server's API; it is shown once. Example: dossier key token ci-main --holder ci --until 2027-01-01
    Token {
        /// Its name.
        token: String,
        /// Whose it is: a person, or a process such as `ci`.
        #[arg(long)]
        holder: String,
        /// What it may do.
        #[arg(long, value_delimiter = ',', default_value = "read,write")]
        scope: Vec<String>,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        until: DateArg,
        /// Who makes it.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// Commits and tags with their signatures against enrolled keys; what trailers say of reviews is a proposal only.
    /// Example: dossier key commits --from v2.3.0 --to HEAD
    Commits {
        /// Commits that this revision has are left out.
        #[arg(long, value_name = "REV")]
        from: Option<String>,
        /// The newest commit.
        #[arg(long, value_name = "REV", default_value = "HEAD")]
        to: String,
    },
    /// A token is taken no longer.
    TokenRevoke {
        /// Its name.
        token: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who revokes.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
}

impl Verb {
    pub(crate) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        let (what, done) = match self {
            Verb::Password { person, password_file, token_file, code, change_from, expires } => {
                let expires = expires.map(|d| d.0);
                let files = (password_file, token_file, change_from);
                (format!("{person} signs by password and code"), password(ws, &person, files, code, expires)?)
            }
            Verb::PasswordRevoke { person, reason, by } => {
                let what = format!("the password of {person} is taken no longer");
                (what, app::credential_revoke(ws, &by.administrator(), &person, &reason)?)
            }
            Verb::Invite { person, hours, by } => {
                let invited = app::credential_invite(ws, &by.administrator(), &person, hours)?;
                eprintln!(
                    "this is shown once; hand it to {person} alone, who enrols on the page /enrol by {}:",
                    invited.until
                );
                print::out(&format!("{}\n", invited.code));
                return Ok(Outcome::Clean);
            }
            Verb::Passkeys { inputs } => return passkeys(&inputs.of(ws.clone())?, global),
            Verb::PasskeyRevoke { person, passkey, reason, by } => {
                let what = format!("the passkey `{passkey}` of {person} is taken no longer");
                (what, app::passkey_revoke(ws, &by.administrator(), &person, &passkey, &reason)?)
            }
            Verb::Unlock { person, reason, signing } => {
                let actor = signing.actor(ws, None)?;
                (format!("{person} is let in again"), app::account_unlock(ws, &actor, &person, &reason)?)
            }
            Verb::Token { token, holder, scope, until, by } => {
                let secret = app::token_issue(ws, &by, &token, &holder, &scope, until.0)?;
                eprintln!("this is shown once; give it as DOSSIER_TOKEN:");
                print::out(&format!("{secret}\n"));
                return Ok(Outcome::Clean);
            }
            Verb::Commits { from, to } => return commits(ws, global, from.as_deref(), &to),
            Verb::TokenRevoke { token, reason, by } => {
                (format!("{token} is taken no longer"), app::token_revoke(ws, &by, &token, &reason)?)
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

/// Exit 1 where a signature does not hold, or is by a key that is not in force.
fn commits(ws: &Workspace, global: &Global, from: Option<&str>, to: &str) -> Result<Outcome> {
    let rows = app::git_signatures(ws, from, to)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/git-signatures/v1", "signatures": rows}));
    } else {
        let cells = |r: &app::GitSignatureRow| {
            let id: String = r.id.chars().take(12).collect();
            let who = r.name.clone().unwrap_or_else(|| "-".to_owned());
            let observed = r.observed.clone().unwrap_or_else(|| "not observed".to_owned());
            let mut cells = vec![
                r.what.to_owned(),
                id,
                r.signature.as_str().to_owned(),
                who,
                observed,
                r.summary.clone(),
            ];
            cells.push(match r.proposals.is_empty() {
                true => "-".to_owned(),
                false => format!("proposal: {}", r.proposals.join("; ")),
            });
            cells
        };
        let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
        let head = ["", "id", "signature", "person", "first observed", "message", "review in trailers"];
        print::out(&print::table(&head, &rows));
    }
    let bad = [app::GitSignature::Broken, app::GitSignature::NotInForce];
    Ok(if rows.iter().any(|r| bad.contains(&r.signature)) { Outcome::Findings } else { Outcome::Clean })
}

fn passkeys(ws: &Workspace, global: &Global) -> Result<Outcome> {
    let rows = app::passkey_list(ws)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/passkeys/v1", "passkeys": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |p: &app::PasskeyRow| {
        let state = if p.revoked.is_empty() { "taken".to_owned() } else { format!("revoked: {}", p.revoked) };
        vec![
            p.person.clone(),
            p.name.clone(),
            p.site.clone(),
            p.enrolled.clone(),
            state,
            p.credential.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["person", "passkey", "site", "enrolled", "state", "id"], &rows));
    Ok(Outcome::Clean)
}

type Files = (Option<PathBuf>, Option<PathBuf>, Option<PathBuf>);

fn password(
    ws: &Workspace,
    person: &str,
    (password_file, token_file, change_from): Files,
    code: Option<String>,
    expires: Option<app::Date>,
) -> Result<app::Appended> {
    let typed = password_file.is_none();
    let password = secret(password_file, "password")?;
    if typed && secret(None, "the same password again")? != password {
        return Err(Error::refused("the two are not the same; nothing was recorded"));
    }
    if let Some(old) = change_from {
        let old = secret(Some(old), "old password")?;
        let code = code.map_or_else(|| secret(None, "code of the token"), Ok)?;
        return app::credential_change(ws, person, &old, &code, &password, "terminal");
    }
    let token = match token_file {
        Some(file) => secret(Some(file), "token's secret")?,
        None => {
            let setup = app::token_setup(ws, person)?;
            eprintln!(
                "enter this secret into the token, on this screen only:\n  {}\n  {}",
                setup.secret, setup.uri
            );
            setup.secret
        }
    };
    let code = code.map_or_else(|| secret(None, "code that the token shows"), Ok)?;
    app::credential_enrol(ws, person, &password, &token, code.trim(), expires)
}

/// A secret from a file, or from the terminal.
fn secret(file: Option<PathBuf>, what: &str) -> Result<String> {
    use std::io::{BufRead as _, IsTerminal as _};
    if let Some(file) = file {
        let text = std::fs::read_to_string(&file)
            .map_err(|e| Error::environment(format!("could not read {}", file.display())).because(e))?;
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(
            Error::refused(format!("the {what} is needed")).hint("give it in a file, or sit at a terminal")
        );
    }
    let mut line = String::new();
    let read = {
        // Quiet before the question: who answers at once is not shown either.
        let _quiet = Quiet::of(&stdin)?;
        eprint!("{what}: ");
        stdin.lock().read_line(&mut line)
    };
    eprintln!();
    read.map_err(|e| Error::environment("could not read the terminal").because(e))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A terminal that does not show what is typed, for as long as this lives.
struct Quiet {
    before: rustix::termios::Termios,
}

impl Quiet {
    fn of(stdin: &std::io::Stdin) -> Result<Quiet> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let failed =
            |e| Error::environment("could not quiet the terminal, so nothing is asked for").because(e);
        let before = tcgetattr(stdin).map_err(failed)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin, OptionalActions::Flush, &quiet).map_err(failed)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
    }
}

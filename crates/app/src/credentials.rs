//! Signing by name, password and one-time code (21 CFR 11.200, 11.300): enrolment, opening, refusals, lock-out, ageing.
//!
//! The person's key lies sealed in `.dossier/credentials`, under the password and a pepper that is kept with the ledger's key,
//! outside of the product and of every backup. The ledger holds the public half and what happened, never a secret.

use crate::act::{Actor, Means};
use crate::appointments::Administrator;
use crate::error::{Doing as _, Error, Result};
use crate::keys;
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::state::{ADMINISTRATOR, ATTEMPTS_MAX};
use records::{
    AccountLock, AccountUnlock, CredentialEnrol, CredentialRevoke, KeyEnrol, SessionRefuse, State,
};
use signing::SecretKey;
use signing::password::{self, PasswordError, SealedKey};
use std::path::PathBuf;
use std::sync::Arc;
use vocabulary::Date;

/// Days after which a password is changed, where nothing else is said.
pub const PASSWORD_DAYS: i64 = 180;
/// What everybody is told who gave something wrong: which of them it was, helps only the wrong person.
const WRONG: &str = "name, password or code is wrong";

/// What a person needs to set up their token: once, on their own screen.
#[derive(Debug)]
pub struct TokenSetup {
    /// The secret in base32.
    pub secret: String,
    /// The address that an authenticator takes, also as a QR code.
    pub uri: String,
}

/// A new secret for a token.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn token_setup(ws: &Workspace, person: &str) -> Result<TokenSetup> {
    let bytes = password::secret().doing("make a secret")?;
    let secret = password::base32(bytes.get(..20).unwrap_or_default());
    let issuer: String = ws.config.product.name.chars().filter(char::is_ascii_alphanumeric).collect();
    let uri = format!(
        "otpauth://totp/dossier%20{issuer}:{person}?secret={secret}&issuer=dossier&period=30&digits=6"
    );
    Ok(TokenSetup { secret, uri })
}

/// Enrols a person for signing by password and token: a new key, sealed; its public half and the credential as entries. `code`
/// is one that the token makes now, so that the token is tested before it is handed out (T29). A first key is in force at once, a
/// further one (also after a password was forgotten: nobody can reset one) once it is endorsed.
///
/// # Errors
/// When the person is not enrolled, the password is too short, or the code is not the token's.
pub fn credential_enrol(
    ws: &Workspace,
    person: &str,
    password: &str,
    token: &str,
    code: &str,
    expires: Option<Date>,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    if !state.persons.get(person).is_some_and(|p| p.active_at(state.position)) {
        return Err(Error::refused(format!("`{person}` is not an enrolled, active person")));
    }
    let secret = password::from_base32(token).ok_or_else(|| {
        Error::refused("this is no secret of a token").hint("base32, at least 16 characters")
    })?;
    let key = SecretKey::generate(person).doing("make a key")?;
    let mut sealed = password::seal(&key, person, password, &secret, &pepper(&state)?)
        .map_err(|e| Error::refused(format!("this password cannot be taken: {e}")))?;
    let step = sealed.step_of(code, ws.clock.now().seconds(), &pepper(&state)?).doing("check the code")?;
    sealed.last_step = step.ok_or_else(|| {
        Error::refused("the code is not the token's").hint("give the six digits that the token shows now")
    })?;
    let expires = expires.unwrap_or_else(|| today.plus_days(PASSWORD_DAYS));
    if expires <= today {
        return Err(Error::refused(format!("{expires} is past")));
    }
    let key_id = key.public().fingerprint();
    let own = KeyEnrol {
        person: person.into(),
        public_key: key.public().to_openssh("").trim().into(),
        key_id: key_id.clone(),
    };
    let actor = Actor { person: person.into(), role: String::new(), means: Means::Opened(Arc::new(key)) };
    let factors = vec!["password".to_owned(), "totp".to_owned()];
    let credential =
        CredentialEnrol { person: person.into(), key_id, factors, expires, tested: true, invitation: None };
    let meaning = "this key is mine; I open it with my password and keep both for myself alone";
    let mut drafts = match ws.at(&state).personal(&actor, meaning, &own)? {
        crate::act::Acted::Drafts(drafts) => drafts,
        crate::act::Acted::Requested(_) => return Err(Error::environment("an opened key signs at once")),
    };
    drafts.push(ws.at(&state).process(person, &credential)?);
    // The file first: an entry that names a key which nobody can open would be worse than a file without an entry.
    write(ws, &sealed)?;
    ws.append(&ledger, &state, &drafts)
}

/// Changes a password at the terminal: needs the old password and a code.
///
/// # Errors
/// When one of them is wrong, or the new password is too short.
pub fn credential_change(
    ws: &Workspace,
    person: &str,
    old: &str,
    code: &str,
    new: &str,
    from: &str,
) -> Result<Appended> {
    change(ws, person, old, &Second::Code(code.to_owned()), new, from)
}

/// Changes a password: the same key, sealed anew, so that what was signed stays one person's line. Needs the old password and the
/// second component.
pub(crate) fn change(
    ws: &Workspace,
    person: &str,
    old: &str,
    second: &Second,
    new: &str,
    from: &str,
) -> Result<Appended> {
    if old == new {
        return Err(Error::refused("the new password is the old one"));
    }
    let key = credential_open(ws, person, old, second, from)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let pepper = pepper(&state)?;
    let before = read(ws, person)?.ok_or_else(|| Error::refused("no password is enrolled"))?;
    let token = before.token_secret(&pepper).doing("open the token's secret")?;
    let mut sealed = password::seal(&key, person, new, &token, &pepper)
        .map_err(|e| Error::refused(format!("this password cannot be taken: {e}")))?;
    sealed.last_step = before.last_step;
    let credential = CredentialEnrol {
        person: person.into(),
        key_id: sealed.key_id.clone(),
        factors: factors(&state, person),
        expires: today.plus_days(PASSWORD_DAYS),
        tested: true,
        invitation: None,
    };
    write(ws, &sealed)?;
    let draft = ws.at(&state).process(person, &credential)?;
    ws.append(&ledger, &state, &[draft])
}

/// The components of a person's present credential.
fn factors(state: &State, person: &str) -> Vec<String> {
    let last = state.accounts.get(person).and_then(|a| a.credentials.last());
    last.map(|c| c.body.factors.clone()).unwrap_or_default()
}

/// A password or token is taken no longer.
///
/// # Errors
/// When the person has no account.
pub fn credential_revoke(ws: &Workspace, by: &Administrator, person: &str, reason: &str) -> Result<Appended> {
    said("a reason", reason)?;
    ws.administer(
        by,
        "this credential is taken no longer",
        &CredentialRevoke { person: person.into(), reason: reason.into() },
    )
}

/// Somebody else opens a locked account again.
///
/// # Errors
/// When it is not locked, or is the actor's own.
pub fn account_unlock(ws: &Workspace, actor: &Actor, person: &str, reason: &str) -> Result<Appended> {
    said("what happened", reason)?;
    let body = AccountUnlock { person: person.into(), reason: reason.into() };
    ws.record_act(actor, "I have found out what happened and let this account in again", &body)
}

/// The second component, besides the password.
#[derive(Clone, Debug)]
pub(crate) enum Second {
    /// Not asked for: a later signing of a session.
    NotAsked,
    /// The code that the token shows now.
    Code(String),
    /// The answer of a passkey to a challenge that this program made.
    Passkey {
        /// The passkey's id.
        credential: String,
        /// What the browser gave.
        assertion: signing::webauthn::Assertion,
        /// What was asked.
        challenge: Vec<u8>,
    },
}

/// Opens a person's key with the password, and with a second component where one is asked for. What is wrong is an entry; the
/// fifth wrong attempt in a row locks the account and alerts.
///
/// # Errors
/// Refused, with the same words whatever was wrong; locked, aged or revoked accounts say so.
pub(crate) fn credential_open(
    ws: &Workspace,
    person: &str,
    password: &str,
    second: &Second,
    from: &str,
) -> Result<Arc<SecretKey>> {
    let state = ws.ledger()?.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let pepper = pepper(&state)?;
    let account = state.accounts.get(person);
    if let Some(Err(why)) = account.map(|a| a.usable(today)) {
        refuse(ws, person, from, &why)?;
        return Err(
            Error::refused(why).hint("another person can help: dossier key unlock, or a new credential")
        );
    }
    let Some(mut sealed) = read(ws, person)?.filter(|_| account.is_some()) else {
        // As long as with a right name, so that names cannot be tried out by the clock.
        let nobody = SecretKey::from_seed([0; 32], "");
        let _ = password::seal(&nobody, person, "as long as any other", &[], &pepper);
        refuse(ws, person, from, "no such account")?;
        return Err(Error::refused(WRONG));
    };
    let opened = sealed.open(password, &pepper);
    let mut wrong = "wrong or used code".to_owned();
    let step = match second {
        Second::NotAsked => Ok(Some(sealed.last_step)),
        Second::Code(_) if !factors(&state, person).iter().any(|f| f == "totp") => {
            wrong = "a code, where no token is enrolled".to_owned();
            Ok(None)
        }
        Second::Code(code) => sealed.step_of(code, ws.clock.now().seconds(), &pepper),
        Second::Passkey { credential, assertion, challenge } => {
            match state.passkey_answers(person, credential, assertion, challenge) {
                Ok(_) => Ok(Some(sealed.last_step)),
                Err(why) => {
                    wrong = why;
                    Ok(None)
                }
            }
        }
    };
    match (opened, step) {
        (Ok(key), Ok(Some(step))) => {
            if step != sealed.last_step {
                sealed.last_step = step;
                write(ws, &sealed)?;
            }
            Ok(Arc::new(key))
        }
        (Err(PasswordError::Form(what)), _) => {
            Err(Error::verification(format!("the credential of `{person}` is damaged: {what}")))
        }
        (opened, _) => {
            refuse(ws, person, from, if opened.is_err() { "wrong password" } else { &wrong })?;
            Err(Error::refused(WRONG))
        }
    }
}

/// Records a refusal, and the lock where it is one too many. Tried again where others append meanwhile: a refusal is never lost.
pub(crate) fn refuse(ws: &Workspace, person: &str, from: &str, reason: &str) -> Result<()> {
    for _ in 0..20 {
        let ledger = ws.ledger()?;
        let state = ledger.state(None)?;
        let name: String = person.chars().filter(|c| !c.is_control()).take(100).collect();
        let body = SessionRefuse { person: name, from: from.to_owned(), reason: reason.to_owned() };
        let mut drafts = vec![ws.at(&state).process("dossier", &body)?];
        let attempts = state.accounts.get(person).map_or(0, |a| a.refusals + 1);
        let locks =
            attempts >= ATTEMPTS_MAX && state.accounts.get(person).is_some_and(|a| a.locked.is_none());
        let alerted = to_alert(&state, person, ws.clock.today(&ws.config.product.timezone)?);
        if locks {
            let body = AccountLock { person: person.into(), attempts, alerted: alerted.clone() };
            drafts.push(ws.at(&state).process("dossier", &body)?);
        }
        if ws.append(&ledger, &state, &drafts).is_ok() {
            if locks {
                alert(ws, person, attempts, &alerted);
            }
            return Ok(());
        }
    }
    Err(Error::environment("the refusal could not be recorded, so nothing more is tried"))
}

/// Who is alerted: administrators and the QA lead, but not the person in question.
fn to_alert(state: &State, person: &str, today: Date) -> Vec<String> {
    let mut out: Vec<String> = [ADMINISTRATOR, "qa-lead"]
        .iter()
        .flat_map(|role| state.holders_of(role, today))
        .map(|(id, _)| id.to_owned())
        .filter(|id| id != person)
        .collect();
    out.sort();
    out.dedup();
    out
}

/// Runs the command of `[security] alert` with the facts in its environment: a mail, a pager. That it fails locks nobody out.
fn alert(ws: &Workspace, person: &str, attempts: u32, alerted: &[String]) {
    let Some(command) = &ws.config.security.alert else { return };
    let started = std::process::Command::new("sh")
        .args(["-c", command])
        .current_dir(&ws.root)
        .env("DOSSIER_ALERT", "account-locked")
        .env("DOSSIER_ALERT_PERSON", person)
        .env("DOSSIER_ALERT_ATTEMPTS", attempts.to_string())
        .env("DOSSIER_ALERT_TO", alerted.join(" "))
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status();
    drop(started);
}

fn file(ws: &Workspace, person: &str) -> PathBuf {
    ws.state_dir().join("credentials").join(format!("{person}.json"))
}

fn read(ws: &Workspace, person: &str) -> Result<Option<SealedKey>> {
    // Ids of persons hold no separators; a name from a form may.
    if person.is_empty() || !person.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        return Ok(None);
    }
    let path = file(ws, person);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| Error::verification(format!("{} is no sealed key", path.display())).because(e)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::environment(format!("could not read {}", path.display())).because(e)),
    }
}

pub(crate) fn write(ws: &Workspace, sealed: &SealedKey) -> Result<()> {
    use std::io::Write as _;
    let path = file(ws, &sealed.owner);
    let dir = path.parent().unwrap_or(&ws.root);
    std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
    let text = serde_json::to_vec_pretty(sealed).doing("write the sealed key")?;
    // A temporary file of this kind is readable by its owner alone.
    let mut temporary =
        tempfile::NamedTempFile::new_in(dir).doing(format_args!("write below {}", dir.display()))?;
    temporary.write_all(&text).and_then(|()| temporary.as_file().sync_all()).doing("write the sealed key")?;
    temporary.persist(&path).doing(format_args!("write {}", path.display()))?;
    Ok(())
}

/// The pepper of this ledger: 32 bytes beside the ledger's key, made at the first enrolment.
pub(crate) fn pepper(state: &State) -> Result<Vec<u8>> {
    let path = keys::beside(&keys::ledger_key_file(&state.origin)?, "pepper");
    match std::fs::read_to_string(&path) {
        Ok(text) => hex::decode(text.trim()).doing(format_args!("read {}", path.display())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && state.accounts.is_empty() => {
            let bytes = password::secret().doing("make a pepper")?;
            keys::write_secret(&path, &hex::encode(bytes.as_slice()))?;
            Ok(bytes.to_vec())
        }
        Err(e) => Err(Error::environment(format!("the pepper is not here: {}", path.display()))
            .because(e)
            .hint("passwords open keys only where it is; restore it from where keys are kept")),
    }
}

//! Sessions of the web: logged in with all components; each signing with the password again, the first of a session with
//! the code too (21 CFR 11.200 a 1). After logging out, or a quarter of an hour of silence, all components again.

use crate::act::{Actor, Means};
use crate::credentials::credential_open;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use records::{SessionClose, SessionOpen};
use signing::password;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vocabulary::{Digest, Instant};

/// After so much silence a session is over, in milliseconds.
const SILENCE_MS: i64 = 15 * 60 * 1_000;
/// After so long it is over in any case.
const LENGTH_MS: i64 = 8 * 60 * 60 * 1_000;

/// A session as pages see it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its public name, as entries give it.
    pub id: String,
    /// The person.
    pub person: String,
    /// From where they logged in.
    pub from: String,
    /// A text that forms of this session carry, so that no other site can send them.
    pub form_token: String,
    /// Whether something was signed in it: later signings need the password only.
    pub signed: bool,
    opened: Instant,
    last: Instant,
}

/// All open sessions of one server. They are in memory only: after a restart everybody logs in again.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    /// Logs a person in; gives the secret that the browser keeps.
    ///
    /// # Errors
    /// Refused where a component is wrong or the account is locked, aged or revoked.
    pub fn login(
        &self,
        ws: &Workspace,
        person: &str,
        secret: &str,
        code: &str,
        from: &str,
    ) -> Result<String> {
        drop(credential_open(ws, person, secret, Some(code), from)?);
        let cookie = hex::encode(password::secret().doing("make a session")?.as_slice());
        let form_token = hex::encode(password::secret().doing("make a session")?.as_slice());
        let digest = Digest::of(cookie.as_bytes());
        let id: String = Digest::of(digest.to_string().as_bytes()).to_string().chars().take(16).collect();
        let factors = vec!["password".to_owned(), "totp".to_owned()];
        let body = SessionOpen { session: id.clone(), person: person.into(), from: from.into(), factors };
        ws.record(person, &body)?;
        let now = ws.clock.now();
        let (person, from) = (person.to_owned(), from.to_owned());
        let session = Session { id, person, from, form_token, signed: false, opened: now, last: now };
        self.lock().insert(digest, session);
        Ok(cookie)
    }

    /// The session of a cookie, where it is open. One that was silent too long is closed here.
    pub fn of(&self, ws: &Workspace, cookie: &str) -> Option<Session> {
        let digest = Digest::of(cookie.as_bytes());
        let now = ws.clock.now();
        let mut open = self.lock();
        let session = open.get_mut(&digest)?;
        let silent = now.millis() - session.last.millis() > SILENCE_MS;
        if !silent && now.millis() - session.opened.millis() <= LENGTH_MS {
            session.last = now;
            return Some(session.clone());
        }
        let session = open.remove(&digest)?;
        drop(open);
        let reason = if silent { "a quarter of an hour of silence" } else { "eight hours have passed" };
        let _ = close(ws, &session, reason);
        None
    }

    /// Logs out.
    ///
    /// # Errors
    /// When it cannot be recorded; the session is over in any case.
    pub fn logout(&self, ws: &Workspace, cookie: &str) -> Result<()> {
        let session = self.lock().remove(&Digest::of(cookie.as_bytes()));
        session.map_or(Ok(()), |s| close(ws, &s, "logged out"))
    }

    /// The means to sign one act in `role`: the password again, and the code too where nothing was signed in this session.
    ///
    /// # Errors
    /// Refused where there is no session, or a component is wrong or missing.
    pub fn actor(&self, ws: &Workspace, cookie: &str, role: &str, secret: &str, code: &str) -> Result<Actor> {
        let session =
            self.of(ws, cookie).ok_or_else(|| Error::refused("log in first: there is no open session"))?;
        let code = if session.signed { None } else { Some(code) };
        let key = match credential_open(ws, &session.person, secret, code, &session.from) {
            Ok(key) => key,
            Err(e) => {
                // A locked account has no sessions.
                let locked = ws
                    .ledger()?
                    .state(None)?
                    .accounts
                    .get(&session.person)
                    .is_some_and(|a| a.locked.is_some());
                if locked {
                    self.lock().retain(|_, s| s.person != session.person);
                }
                return Err(e);
            }
        };
        Ok(Actor { person: session.person, role: role.to_owned(), means: Means::Opened(key) })
    }

    /// Something was signed: later signings of the session need the password only.
    pub fn note_signed(&self, cookie: &str) {
        if let Some(session) = self.lock().get_mut(&Digest::of(cookie.as_bytes())) {
            session.signed = true;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn close(ws: &Workspace, session: &Session, reason: &str) -> Result<()> {
    let body = SessionClose {
        session: session.id.clone(),
        person: session.person.clone(),
        reason: reason.to_owned(),
    };
    ws.record(&session.person, &body).map(|_| ())
}

//! Sessions of the web: logged in with all components; each signing with the password again, the first of a session with
//! the second component too (21 CFR 11.200 a 1). After logging out, or a quarter of an hour of silence, all components again.
//!
//! The second component is a one-time code, or a passkey whose challenge is the digest of the very statement that is signed:
//! it was made when the page was shown, and is signed as it was shown or not at all.

use crate::act::{Actor, Confirmation, Means};
use crate::credentials::{Second, credential_open, refuse};
use crate::error::{Doing as _, Error, Result};
use crate::questions::SignQuestion;
use crate::workspace::Workspace;
use records::statement::{FORMAT, Statement};
use records::{SessionClose, SessionOpen};
use signing::password;
use signing::webauthn::Assertion;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vocabulary::{Digest, Instant};

/// After so much silence a session is over, in milliseconds.
const SILENCE_MS: i64 = 15 * 60 * 1_000;
/// After so long it is over in any case.
const LENGTH_MS: i64 = 8 * 60 * 60 * 1_000;
/// A challenge is answered within so long, in milliseconds.
const CHALLENGE_MS: i64 = 10 * 60 * 1_000;
/// So many challenges wait at once; the oldest goes where more are asked for.
const CHALLENGES_MAX: usize = 10_000;

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

/// What somebody gives besides the password.
#[derive(Clone, Debug)]
pub enum SecondGiven {
    /// The code of a token.
    Code(String),
    /// The answer of a passkey.
    Passkey {
        /// The passkey's id, base64url.
        credential: String,
        /// What the browser gave.
        assertion: Assertion,
    },
}

/// What a challenge was made for.
#[derive(Clone, Debug)]
enum Asked {
    /// To log in, or to test a passkey.
    Random,
    /// To sign this statement in the session of this digest.
    Statement(Digest, Box<Statement>),
}

/// All open sessions of one server. They are in memory only: after a restart everybody logs in again.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<Digest, Session>>,
    asked: Mutex<HashMap<Vec<u8>, (Instant, Asked)>>,
}

impl Sessions {
    /// A fresh challenge for a passkey.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn challenge(&self, ws: &Workspace) -> Result<Vec<u8>> {
        let bytes = password::secret().doing("make a challenge")?.to_vec();
        self.ask(ws.clock.now(), bytes.clone(), Asked::Random);
        Ok(bytes)
    }

    /// The challenge of each choice of role: the digest of the statement that would be signed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn challenges(
        &self,
        ws: &Workspace,
        cookie: &str,
        question: &SignQuestion,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let Some(session) = self.of(ws, cookie) else { return Ok(Vec::new()) };
        let state = ws.ledger()?.state(None)?;
        let digest = question.digest.parse().doing("read the digest")?;
        let now = ws.clock.now();
        let mut out = Vec::new();
        for (role, meaning) in &question.choices {
            let statement = Statement {
                format: FORMAT.to_owned(),
                origin: state.origin.clone(),
                kind: question.kind.to_owned(),
                subject: question.subject.clone(),
                digest,
                role: role.clone(),
                meaning: meaning.clone(),
                person: session.person.clone(),
                at: now,
                after_position: state.position,
            };
            let challenge = Digest::of(&statement.to_bytes().doing("write the statement")?).0.to_vec();
            let asked = Asked::Statement(Digest::of(cookie.as_bytes()), Box::new(statement));
            self.ask(now, challenge.clone(), asked);
            out.push((role.clone(), challenge));
        }
        Ok(out)
    }

    fn ask(&self, now: Instant, challenge: Vec<u8>, what: Asked) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, (at, _)| now.millis() - at.millis() <= CHALLENGE_MS);
        if asked.len() >= CHALLENGES_MAX
            && let Some(oldest) = asked.iter().min_by_key(|(_, (at, _))| *at).map(|(c, _)| c.clone())
        {
            asked.remove(&oldest);
        }
        asked.insert(challenge, (now, what));
    }

    /// What the challenge of an assertion was made for. It is answered once.
    fn answered(&self, now: Instant, assertion: &Assertion) -> Option<(Vec<u8>, Asked)> {
        let challenge = assertion.challenge().ok()?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, what) = asked.remove(&challenge)?;
        (now.millis() - at.millis() <= CHALLENGE_MS).then_some((challenge, what))
    }

    /// The second component with the challenge that it answers.
    fn second(
        &self,
        ws: &Workspace,
        person: &str,
        given: &SecondGiven,
        from: &str,
    ) -> Result<(Second, Option<(Digest, Statement)>)> {
        let (credential, assertion) = match given {
            SecondGiven::Code(code) => return Ok((Second::Code(code.clone()), None)),
            SecondGiven::Passkey { credential, assertion } => (credential.clone(), assertion.clone()),
        };
        let Some((challenge, asked)) = self.answered(ws.clock.now(), &assertion) else {
            refuse(ws, person, from, "a passkey's answer to what was not asked, or was answered before")?;
            return Err(Error::refused("the passkey's answer is too late, or was given before")
                .hint("load the page again, then use the passkey"));
        };
        let statement = match asked {
            Asked::Random => None,
            Asked::Statement(session, statement) => Some((session, *statement)),
        };
        Ok((Second::Passkey { credential, assertion, challenge }, statement))
    }

    /// Logs a person in; gives the secret that the browser keeps.
    ///
    /// # Errors
    /// Refused where a component is wrong or the account is locked, aged or revoked.
    pub fn login(
        &self,
        ws: &Workspace,
        person: &str,
        secret: &str,
        second: &SecondGiven,
        from: &str,
    ) -> Result<String> {
        let (second, _) = self.second(ws, person, second, from)?;
        drop(credential_open(ws, person, secret, &second, from)?);
        self.begin(
            ws,
            person,
            from,
            if matches!(second, Second::Passkey { .. }) { "passkey" } else { "totp" },
        )
    }

    /// Opens a session for somebody whose components were right, the second of them by this name.
    pub(crate) fn begin(&self, ws: &Workspace, person: &str, from: &str, second: &str) -> Result<String> {
        let cookie = hex::encode(password::secret().doing("make a session")?.as_slice());
        let form_token = hex::encode(password::secret().doing("make a session")?.as_slice());
        let digest = Digest::of(cookie.as_bytes());
        let id: String = Digest::of(digest.to_string().as_bytes()).to_string().chars().take(16).collect();
        let factors = vec!["password".to_owned(), second.to_owned()];
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

    /// The means to sign one act in `role`: the password again, and the second component too where nothing was signed in this
    /// session, or where it is given.
    ///
    /// # Errors
    /// Refused where there is no session, or a component is wrong or missing.
    pub fn actor(
        &self,
        ws: &Workspace,
        cookie: &str,
        role: &str,
        secret: &str,
        second: Option<&SecondGiven>,
    ) -> Result<Actor> {
        let session =
            self.of(ws, cookie).ok_or_else(|| Error::refused("log in first: there is no open session"))?;
        let own = Digest::of(cookie.as_bytes());
        let (second, shown) = match second {
            None if session.signed => (Second::NotAsked, None),
            // Nothing is a wrong code too, and counts as one.
            None => (Second::Code(String::new()), None),
            Some(given) => self.second(ws, &session.person, given, &session.from)?,
        };
        let shown = match (&second, shown) {
            (Second::Passkey { .. }, Some((of, statement))) if of == own && statement.role == role => {
                Some(statement)
            }
            (Second::Passkey { .. }, _) => {
                let why = "the passkey confirmed something else than what is to be signed";
                refuse(ws, &session.person, &session.from, why)?;
                return Err(Error::refused(why).hint("load the page again, then sign"));
            }
            _ => None,
        };
        let key = match credential_open(ws, &session.person, secret, &second, &session.from) {
            Ok(key) => key,
            Err(e) => {
                self.drop_locked(ws, &session.person)?;
                return Err(e);
            }
        };
        let means = match (shown, second) {
            (Some(statement), Second::Passkey { credential, assertion, .. }) => {
                Means::Confirmed(key, Box::new(Confirmation { statement, credential, assertion }))
            }
            _ => Means::Opened(key),
        };
        Ok(Actor { person: session.person, role: role.to_owned(), means })
    }

    /// The challenge that an assertion answers, where it is one of ours that is bound to no statement. It is answered once.
    pub(crate) fn own_challenge(&self, ws: &Workspace, test: &Assertion) -> Option<Vec<u8>> {
        match self.answered(ws.clock.now(), test)? {
            (challenge, Asked::Random) => Some(challenge),
            (_, Asked::Statement(..)) => None,
        }
    }

    /// Changes the password of whoever is logged in: with the old one and the second component, whatever was signed before.
    ///
    /// # Errors
    /// As [`Sessions::actor`], and when the new password is too short or the old one.
    pub fn change_password(
        &self,
        ws: &Workspace,
        cookie: &str,
        old: &str,
        second: &SecondGiven,
        new: &str,
    ) -> Result<crate::workspace::Appended> {
        let session =
            self.of(ws, cookie).ok_or_else(|| Error::refused("log in first: there is no open session"))?;
        let (second, shown) = self.second(ws, &session.person, second, &session.from)?;
        if shown.is_some() {
            let why = "the passkey confirmed a statement, not a change of the password";
            refuse(ws, &session.person, &session.from, why)?;
            return Err(Error::refused(why).hint("load the page again"));
        }
        crate::credentials::change(ws, &session.person, old, &second, new, &session.from)
            .inspect_err(|_| drop(self.drop_locked(ws, &session.person)))
    }

    /// The key of a logged-in person for a new passkey, with the components that a signing would need: the code too, unless
    /// something was signed in this session. Gives the challenge that the new passkey answered, where it is one of ours.
    ///
    /// # Errors
    /// As [`Sessions::actor`].
    pub fn tested(
        &self,
        ws: &Workspace,
        cookie: &str,
        secret: &str,
        code: &str,
        test: &Assertion,
    ) -> Result<(Actor, Vec<u8>)> {
        let session =
            self.of(ws, cookie).ok_or_else(|| Error::refused("log in first: there is no open session"))?;
        let Some(challenge) = self.own_challenge(ws, test) else {
            return Err(Error::refused("the passkey's answer is too late, or was given before")
                .hint("load the page again"));
        };
        let second = match code {
            "" if session.signed => Second::NotAsked,
            code => Second::Code(code.to_owned()),
        };
        let key = credential_open(ws, &session.person, secret, &second, &session.from)
            .inspect_err(|_| drop(self.drop_locked(ws, &session.person)))?;
        let actor = Actor { person: session.person, role: String::new(), means: Means::Opened(key) };
        Ok((actor, challenge))
    }

    /// A locked account has no sessions.
    fn drop_locked(&self, ws: &Workspace, person: &str) -> Result<()> {
        let state = ws.ledger()?.state(None)?;
        if state.accounts.get(person).is_some_and(|a| a.locked.is_some()) {
            self.lock().retain(|_, s| s.person != person);
        }
        Ok(())
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

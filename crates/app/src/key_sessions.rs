//! Being let in by one's own key: a server's challenge, signed by the person, opens a session of the API.
//!
//! The challenge is good for one answer within a minute. What is signed names the ledger, the host that the client speaks to,
//! the person and the key, in a namespace of its own, so that an answer opens nothing else anywhere else. The session ends
//! after an hour, with the server, or as soon as the key or the person may act no longer. Nothing of it is kept but the entry.

use crate::act::Means;
use crate::error::{Doing as _, Error, Result};
use crate::remote::Holder;
use crate::workspace::Workspace;
use records::{SessionKey, State};
use serde::{Deserialize, Serialize};
use signing::agent::Agent;
use signing::{PublicKey, Signer, password, sshsig};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use vocabulary::{Digest, Instant, canonical};

/// The namespace of such signatures (`ssh-keygen -Y sign -n`).
pub const NAMESPACE: &str = "dossier.api.v1";
const FORMAT: &str = "dossier/api-login/v1";
/// How long a challenge waits for its answer, in seconds.
pub const CHALLENGE_SECONDS: i64 = 60;
/// How long a session lasts, in seconds.
const SESSION_SECONDS: i64 = 60 * 60;
/// So many challenges wait at most; the oldest goes.
const CHALLENGES_MAX: usize = 1_024;
/// So many refusals are recorded in a minute; further ones are in the log only.
const REFUSALS_NOTED_MAX: usize = 10;
/// How the secret of a session begins, so that nobody takes it for a token.
const PREFIX: &str = "dossier_session_";
/// Who only reads, whatever they ask for.
const READER: &str = "auditor";

/// What a person signs to be let in: canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginStatement {
    /// Always `dossier/api-login/v1`.
    pub format: String,
    /// The ledger's name.
    pub origin: String,
    /// The host that the client speaks to, as it addresses it.
    pub host: String,
    /// The server's challenge.
    pub challenge: String,
    /// The person.
    pub person: String,
    /// The fingerprint of the key.
    pub key_id: String,
}

impl LoginStatement {
    /// The statement of `person` to `host` for a challenge.
    pub fn new(origin: &str, host: &str, challenge: &str, person: &str, key: &PublicKey) -> LoginStatement {
        LoginStatement {
            format: FORMAT.to_owned(),
            origin: origin.to_owned(),
            host: host.to_owned(),
            challenge: challenge.to_owned(),
            person: person.to_owned(),
            key_id: key.fingerprint(),
        }
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        canonical::to_vec(self).doing("write the statement of a login")
    }
}

/// The signers that a client can log in with: a key file, or the keys of ssh-agent (the one whose public half `file.pub` names).
///
/// # Errors
/// When there is none.
pub fn login_signers(means: &Means) -> Result<Vec<Box<dyn Signer>>> {
    match means {
        Means::KeyFile(path) if path.extension().is_none_or(|e| e != "pub") => {
            Ok(vec![Box::new(crate::keys::read_private(path)?)])
        }
        Means::KeyFile(path) => {
            let line = std::fs::read_to_string(path).doing(format_args!("read {}", path.display()))?;
            let (key, _) = PublicKey::from_openssh(line.trim()).doing("read the public key")?;
            agent_keys(Some(key))
        }
        _ => agent_keys(None),
    }
}

fn agent_keys(only: Option<PublicKey>) -> Result<Vec<Box<dyn Signer>>> {
    let none = || {
        Error::refused("ssh-agent holds no key to log in with")
            .hint("add it with `ssh-add`, or name a key file in DOSSIER_KEY")
    };
    let socket = std::env::var_os("SSH_AUTH_SOCK").ok_or_else(none)?;
    let agent = Agent::at(std::path::Path::new(&socket));
    let held = agent.identities().doing("ask ssh-agent for its keys")?;
    let keys = held.into_iter().map(|(key, _)| key).filter(|key| only.is_none_or(|o| o == *key));
    // Hardware keys ask for a touch each: not endlessly many are tried.
    let signers: Vec<Box<dyn Signer>> =
        keys.take(6).map(|key| Box::new(agent.signer(key)) as Box<dyn Signer>).collect();
    if signers.is_empty() { Err(none()) } else { Ok(signers) }
}

#[derive(Debug)]
struct Session {
    person: String,
    key_id: String,
    until: Instant,
}

/// The challenges that wait and the sessions that are open, of one server.
#[derive(Debug, Default)]
pub struct KeyDoor {
    challenges: Mutex<BTreeMap<String, Instant>>,
    sessions: Mutex<BTreeMap<Digest, Session>>,
    refusals: Mutex<Vec<Instant>>,
}

/// What a session is opened with.
#[derive(Debug)]
pub struct Opened {
    /// The secret that the client sends with each request.
    pub token: String,
    /// When it ends.
    pub until: Instant,
}

impl KeyDoor {
    /// A challenge that nobody had before.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn challenge(&self, ws: &Workspace) -> Result<String> {
        let now = ws.clock.now();
        let challenge = hex::encode(password::secret().doing("make a challenge")?.as_slice());
        let mut waiting = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, until| now <= *until);
        if waiting.len() >= CHALLENGES_MAX
            && let Some(oldest) = waiting.iter().min_by_key(|(_, until)| **until).map(|(c, _)| c.clone())
        {
            waiting.remove(&oldest);
        }
        waiting.insert(challenge.clone(), plus(now, CHALLENGE_SECONDS));
        Ok(challenge)
    }

    /// Opens a session for a signed statement. `host` is the one that the request addresses, which is one of the server's.
    ///
    /// # Errors
    /// When the challenge is unknown, answered or too old, the statement is for another ledger or host, or the key is not
    /// one of the person's in force. That a person's name was tried is an entry.
    pub fn open(
        &self,
        ws: &Workspace,
        from: &str,
        host: &str,
        said: &LoginStatement,
        signature: &str,
    ) -> Result<Opened> {
        let ledger = ws.ledger()?;
        let state = ledger.state(None)?;
        self.proved(ws, &state, host, said, signature)
            .inspect_err(|e| self.note(ws, &state, from, said, e))?;
        let now = ws.clock.now();
        let until = plus(now, SESSION_SECONDS);
        let body = SessionKey {
            session: Digest::of(said.challenge.as_bytes()).to_string().chars().take(16).collect(),
            person: said.person.clone(),
            key_id: said.key_id.clone(),
            from: from.to_owned(),
            until,
        };
        self.record(ws, &body)?;
        let token =
            format!("{PREFIX}{}", hex::encode(password::secret().doing("make a session")?.as_slice()));
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, s| now <= s.until);
        let session = Session { person: said.person.clone(), key_id: said.key_id.clone(), until };
        sessions.insert(Digest::of(token.as_bytes()), session);
        Ok(Opened { token, until })
    }

    /// Somebody else may append at the same moment; a login was decided on nothing that they could change.
    fn record(&self, ws: &Workspace, body: &SessionKey) -> Result<()> {
        let mut last = None;
        for _ in 0..5 {
            match ws.record(&body.person, body) {
                Ok(_) => return Ok(()),
                Err(e) => last = Some(e),
            }
        }
        Err(last.unwrap_or_else(|| Error::environment("the login was not recorded")))
    }

    fn proved(
        &self,
        ws: &Workspace,
        state: &State,
        host: &str,
        said: &LoginStatement,
        signature: &str,
    ) -> Result<()> {
        let now = ws.clock.now();
        // An answer is taken once, also where it does not hold.
        let waited = self.challenges.lock().unwrap_or_else(PoisonError::into_inner).remove(&said.challenge);
        if waited.is_none_or(|until| now > until) {
            return Err(Error::refused("the challenge is not known, was answered before, or is too old")
                .hint("ask for another one: POST /api/v1/challenge"));
        }
        let own = ws.config.ledger.origin.clone().unwrap_or_default();
        for (what, is, has) in [
            ("format", said.format.as_str(), FORMAT),
            ("ledger", said.origin.as_str(), own.as_str()),
            ("host", said.host.as_str(), host),
        ] {
            if is != has {
                return Err(Error::refused(format!(
                    "what was signed is for the {what} `{is}`, not for `{has}`"
                )));
            }
        }
        let not_let_in = || {
            Error::refused(format!("`{}` is not let in with the key {}", said.person, said.key_id))
                .hint("a key of an enrolled, active person that is in force: dossier person list")
        };
        let key = usable(ws, state, &said.person, &said.key_id, now).ok_or_else(not_let_in)?;
        sshsig::verify(signature, &said.to_bytes()?, NAMESPACE, &key)
            .map_err(|e| Error::refused("the signature of the login does not hold").because(e))
    }

    /// A name that somebody has was tried. Not without end: who has no key cannot fill a ledger.
    fn note(&self, ws: &Workspace, state: &State, from: &str, said: &LoginStatement, why: &Error) {
        let now = ws.clock.now();
        let mut noted = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|at| now <= plus(*at, 60));
        if !state.persons.contains_key(&said.person) || noted.len() >= REFUSALS_NOTED_MAX {
            return;
        }
        noted.push(now);
        drop(noted);
        let actor =
            crate::act::Actor { person: said.person.clone(), role: String::new(), means: Means::Agent };
        let from = Workspace { from: format!("api {from}"), ..ws.clone() };
        from.note_refusal(&actor, "session/key/v1", &said.person, why);
    }

    /// Who a session's secret lets in now. A key that was revoked, or a person who left, is out at once.
    ///
    /// # Errors
    /// When the ledger cannot be read. `None` where nobody is let in.
    pub fn holder(&self, ws: &Workspace, token: &str) -> Result<Option<Holder>> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = ws.clock.now();
        let (person, key_id) = {
            let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            match sessions.get(&Digest::of(token.as_bytes())) {
                Some(s) if now <= s.until => (s.person.clone(), s.key_id.clone()),
                _ => return Ok(None),
            }
        };
        let state = ws.ledger()?.state(None)?;
        if usable(ws, &state, &person, &key_id, now).is_none() {
            return Ok(None);
        }
        let today = ws.clock.today(&ws.config.product.timezone)?;
        let writes = state.persons.get(&person).is_some_and(|p| {
            let granted = p.roles.iter().map(|r| r.granted.body.role.as_str());
            let delegated = p.delegations.iter().map(|d| d.delegated.body.role.as_str());
            granted.chain(delegated).any(|r| r != READER && p.holds(r, state.position, today))
        });
        Ok(Some(Holder { token: key_id, holder: person, writes }))
    }
}

/// The person's key, where it lets in now: enrolled, in force, not to be replaced, of somebody who may act.
fn usable(ws: &Workspace, state: &State, person: &str, key_id: &str, now: Instant) -> Option<PublicKey> {
    let person = state.persons.get(person).filter(|p| p.active_at(state.position))?;
    let key = person.key_at(key_id, state.position)?;
    if crate::ageing::last_day(&ws.config, key).is_some_and(|day| now.date_utc() > day) {
        return None;
    }
    PublicKey::from_openssh(&key.enrolled.body.public_key).ok().map(|(key, _)| key)
}

fn plus(at: Instant, seconds: i64) -> Instant {
    Instant::from_millis(at.millis().saturating_add(seconds.saturating_mul(1_000)))
}

/// Signs a login; gives the armored signature.
///
/// # Errors
/// When the key or the agent does not sign.
pub fn sign_login(statement: &LoginStatement, signer: &dyn Signer) -> Result<String> {
    sshsig::sign(&statement.to_bytes()?, NAMESPACE, signer).doing("sign the login")
}

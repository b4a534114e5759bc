//! Personal acts: making the statement, having it signed here or elsewhere, and the draft that carries it.

use crate::error::{Doing as _, Error, Result};
use ledger::{Draft, PersonalSignature};
use records::statement::{FORMAT, NAMESPACE, Statement};
use records::{Record, SignatureAssert, State};
use serde_json::{Map, Value};
use signing::agent::Agent;
use signing::webauthn::base64url;
use std::path::{Path, PathBuf};
use vocabulary::{Digest, Instant, canonical};

/// Who acts, and how their signature comes to be.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person's id.
    pub person: String,
    /// The role acted in; empty where none is needed.
    pub role: String,
    /// How the statement is signed.
    pub means: Means,
}

/// How a statement is signed.
#[derive(Clone, Debug)]
pub enum Means {
    /// With a private key file in OpenSSH's form.
    KeyFile(PathBuf),
    /// With a key that ssh-agent holds.
    Agent,
    /// With a key that a password opened.
    Opened(std::sync::Arc<signing::SecretKey>),
    /// With a key that a password opened, the signature confirmed by a passkey over this very statement.
    Confirmed(std::sync::Arc<signing::SecretKey>, Box<Confirmation>),
    /// Elsewhere: write the statement to this file and append nothing.
    Request(PathBuf),
    /// It was signed elsewhere: this file, with `.sig` and `.draft` beside it.
    Accept(PathBuf),
}

/// A statement that was shown, and the passkey's answer to its digest.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The statement as it was made when it was shown.
    pub statement: Statement,
    /// The passkey's id.
    pub credential: String,
    /// What the browser gave.
    pub assertion: signing::webauthn::Assertion,
}

/// What became of a personal act.
#[derive(Debug)]
pub enum Acted {
    /// Ready to be appended, together.
    Drafts(Vec<Draft>),
    /// Written to be signed elsewhere; nothing is appended.
    Requested(PathBuf),
}

/// Where the process and the ledger stand.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// The state that the act was decided on.
    pub state: &'a State,
    /// The time now.
    pub now: Instant,
    /// The process: `cli`, `web`.
    pub via: &'a str,
}

impl At<'_> {
    /// A draft of an act that needs no personal signature.
    pub fn process<R: Record>(&self, actor: &str, body: &R) -> Result<Draft> {
        Ok(Draft {
            actor: actor.to_owned(),
            via: self.via.to_owned(),
            kind: R::KIND.to_owned(),
            body: to_map(body)?,
            sig: None,
        })
    }

    /// A draft of a personal act, signed by the means that `actor` has.
    pub fn personal<R: Record>(&self, actor: &Actor, meaning: &str, body: &R) -> Result<Acted> {
        let map = to_map(body)?;
        if let Means::Accept(file) = &actor.means {
            return accept(file, R::KIND, &map).map(|d| Acted::Drafts(vec![d]));
        }
        let mut statement = self.statement(actor, meaning, body, &map)?;
        if let Means::Confirmed(_, shown) = &actor.means {
            statement = shown.holds(statement)?;
        }
        let bytes = statement.to_bytes().doing("write the statement")?;
        let draft = |sig| Draft {
            actor: actor.person.clone(),
            via: self.via.to_owned(),
            kind: R::KIND.to_owned(),
            body: map.clone(),
            sig,
        };
        match &actor.means {
            Means::Request(file) => {
                request(file, &bytes, &draft(None))?;
                Ok(Acted::Requested(file.clone()))
            }
            Means::KeyFile(path) => {
                let sig = sign(&statement, &crate::keys::read_private(path)?)?;
                Ok(Acted::Drafts(vec![draft(Some(sig))]))
            }
            Means::Opened(key) => Ok(Acted::Drafts(vec![draft(Some(sign(&statement, &**key)?))])),
            Means::Confirmed(key, shown) => {
                let signed = draft(Some(sign(&statement, &**key)?));
                Ok(Acted::Drafts(vec![signed, self.process(&actor.person, &shown.record(&statement)?)?]))
            }
            Means::Agent | Means::Accept(_) => {
                let sig = self.sign_by_agent(&actor.person, &statement)?;
                Ok(Acted::Drafts(vec![draft(Some(sig))]))
            }
        }
    }

    fn statement<R: Record>(
        &self,
        actor: &Actor,
        meaning: &str,
        body: &R,
        map: &Map<String, Value>,
    ) -> Result<Statement> {
        let digest = match body.covers() {
            Some(d) => d,
            None => Digest::of(&canonical::to_vec(map).doing("write the record")?),
        };
        Ok(Statement {
            format: FORMAT.to_owned(),
            origin: self.state.origin.clone(),
            kind: R::KIND.to_owned(),
            subject: body.subject(),
            digest,
            role: actor.role.clone(),
            meaning: meaning.to_owned(),
            person: actor.person.clone(),
            at: self.now,
            after_position: self.state.position,
        })
    }

    /// The agent signs with the first of the person's keys in force that it holds.
    fn sign_by_agent(&self, person: &str, statement: &Statement) -> Result<PersonalSignature> {
        let keys = self.state.persons.get(person).map(|p| p.keys.as_slice()).unwrap_or_default();
        let none = || {
            Error::refused(format!("ssh-agent holds no key of `{person}` that is in force"))
                .hint("add it with `ssh-add`, or name a key file with `--key`")
        };
        let socket = std::env::var_os("SSH_AUTH_SOCK").ok_or_else(none)?;
        let agent = Agent::at(Path::new(&socket));
        let held = agent.identities().doing("ask ssh-agent for its keys")?;
        for key in keys.iter().filter(|k| k.in_force_at(self.state.position)) {
            if let Some((public, _)) = held.iter().find(|(h, _)| h.fingerprint() == key.enrolled.body.key_id)
            {
                return sign(statement, &agent.signer(*public));
            }
        }
        Err(none())
    }
}

impl Confirmation {
    /// The statement that was shown, where it is the one that would be made now but for its time.
    fn holds(&self, now: Statement) -> Result<Statement> {
        let shown = &self.statement;
        if (Statement { at: shown.at, after_position: shown.after_position, ..now }) == *shown {
            return Ok(shown.clone());
        }
        Err(Error::refused("what the passkey confirmed is not what would be signed now")
            .hint("read it again, then sign"))
    }

    fn record(&self, statement: &Statement) -> Result<SignatureAssert> {
        let bytes = statement.to_bytes().doing("write the statement")?;
        Ok(SignatureAssert {
            person: statement.person.clone(),
            statement: Digest::of(&bytes),
            credential: self.credential.clone(),
            authenticator_data: base64url(&self.assertion.authenticator_data),
            client_data: base64url(&self.assertion.client_data),
            signature: base64url(&self.assertion.signature),
        })
    }
}

fn sign(statement: &Statement, signer: &dyn signing::Signer) -> Result<PersonalSignature> {
    let Value::Object(map) = serde_json::to_value(statement).doing("write the statement")? else {
        return Err(Error::environment("a statement is no object"));
    };
    ledger::sign_statement(map, signer).doing("sign the statement")
}

fn to_map<R: Record>(body: &R) -> Result<Map<String, Value>> {
    match serde_json::to_value(body).doing("write the record")? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::environment("a record is no object")),
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes the statement for signing elsewhere, and beside it what the entry will hold.
fn request(file: &Path, statement: &[u8], draft: &Draft) -> Result<()> {
    let name = file.display();
    let value = serde_json::json!({
        "format": "dossier/draft/v1", "actor": draft.actor, "via": draft.via, "kind": draft.kind, "body": draft.body,
    });
    let draft_bytes = canonical::to_vec(&value).doing("write the draft")?;
    std::fs::write(beside(file, ".draft"), draft_bytes).doing(format_args!("write {name}.draft"))?;
    std::fs::write(file, statement).doing(format_args!("write {name}"))
}

/// Reads a statement that was signed elsewhere. Whether the signature holds is for the fold to say; here only that the
/// three files belong together and to this command.
fn accept(file: &Path, kind: &str, body: &Map<String, Value>) -> Result<Draft> {
    let read = |path: &Path| {
        std::fs::read(path).doing(format_args!("read {}", path.display())).map_err(|e| {
            e.hint(format!("sign it first: ssh-keygen -Y sign -n {NAMESPACE} -f KEY {}", file.display()))
        })
    };
    let statement = Statement::from_bytes(&read(file)?).doing(format_args!("read {}", file.display()))?;
    let armored = String::from_utf8(read(&beside(file, ".sig"))?).doing("read the signature as text")?;
    let draft = canonical::from_slice(&read(&beside(file, ".draft"))?).doing("read the draft")?;
    let text = |key: &str| draft.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let written = draft.get("body").and_then(Value::as_object).cloned().unwrap_or_default();
    if text("kind") != kind || statement.kind != kind {
        return Err(Error::refused(format!(
            "{} is a request for `{}`, not for `{kind}`",
            file.display(),
            statement.kind
        )));
    }
    if &written != body {
        return Err(Error::refused(format!(
            "{} was written for another record than this command makes",
            file.display()
        ))
        .hint("repeat the command with the values that stood in the `--request` one, or request again"));
    }
    let Value::Object(map) = serde_json::to_value(&statement).doing("write the statement")? else {
        return Err(Error::environment("a statement is no object"));
    };
    let sig = PersonalSignature::accept(map, &armored).doing("take over the signature")?;
    Ok(Draft {
        actor: statement.person.clone(),
        via: text("via"),
        kind: kind.to_owned(),
        body: written,
        sig: Some(sig),
    })
}

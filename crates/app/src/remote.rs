//! One ledger for a team: what a server does for command lines on other machines, and what those need of it.
//!
//! The server decides. A client proposes entries with the position that it decided on; the server looks at the token, takes its
//! own clock, asks the table of permissions and the fold, as for any append, and says from whose token they came.

use crate::error::{Doing as _, Error, ErrorKind, Result};
use crate::workspace::{Appended, Workspace};
use ledger::{Draft, LedgerStore, PersonalSignature};
use records::{Record as _, TokenIssue, TokenRevoke};
use signing::password;
use std::path::PathBuf;
use vocabulary::{Date, Digest};

/// The ledger of a server.
pub trait RemoteLedger: Send + Sync {
    /// It as a store of entries.
    fn store(&self) -> &dyn LedgerStore;
    /// The commit at which the texts stand that the next proposal is about, where they stand in one.
    fn texts_stand_at(&self, commit: Option<String>);
    /// Has the server do a step of a release.
    ///
    /// # Errors
    /// In the server's words.
    fn command(
        &self,
        command: &crate::server_commands::ServerCommand,
    ) -> Result<crate::server_commands::ServerDone>;
    /// Evidence by its digest; not checked here.
    ///
    /// # Errors
    /// When the server has it not, or cannot be asked.
    fn blob(&self, digest: Digest) -> Result<Vec<u8>>;
    /// Keeps evidence before an entry names it.
    ///
    /// # Errors
    /// When the server does not take it.
    fn keep_blob(&self, digest: Digest, bytes: &[u8]) -> Result<()>;
}

/// Which server, and how to be let in.
#[derive(Clone, Debug)]
pub struct RemoteTarget {
    /// `https://…`, or `http://` of loopback.
    pub url: String,
    /// The ledger's name, from `dossier.toml`.
    pub origin: String,
    /// Its key, from `dossier.toml`.
    pub key: Option<String>,
    /// The token, from `DOSSIER_TOKEN` or the folder of keys.
    pub token: Option<String>,
    /// Who logs in with a key where there is no token, each way that was named: `--as` and `--key` of the command, then
    /// `DOSSIER_PERSON` and `DOSSIER_KEY` or ssh-agent. The first whom the server takes is in.
    pub logins: Vec<Login>,
    /// A PEM file with the certificates that the server's has to lead to; the well-known authorities where absent.
    pub authority: Option<PathBuf>,
    /// Where to remember what the server said last.
    pub state_dir: PathBuf,
}

/// How a program reaches a server: given by its composition root, so that this crate needs no client.
pub type RemoteOpener = fn(&RemoteTarget) -> Result<Box<dyn RemoteLedger>>;

impl Workspace {
    /// The same product, able to reach a server.
    #[must_use]
    pub fn with_remote(mut self, opener: RemoteOpener) -> Workspace {
        self.remote = Some(opener);
        self
    }

    /// The same product, which logs in to a server as this person.
    #[must_use]
    pub fn logging_in(mut self, login: Option<Login>) -> Workspace {
        self.login = login;
        self
    }

    /// Who logs in: as the command says, then as the environment does.
    fn logins(&self) -> Vec<Login> {
        let mut out: Vec<Login> = self.login.clone().into_iter().chain(Login::of_environment()).collect();
        out.dedup();
        out
    }

    /// Whether the ledger is on a server.
    pub(crate) fn is_remote(&self) -> bool {
        ["https://", "http://"].iter().any(|s| self.config.ledger.url.starts_with(s))
    }

    /// The server that `dossier.toml` names.
    pub(crate) fn open_remote(&self) -> Result<Box<dyn RemoteLedger>> {
        let url = self.config.ledger.url.clone();
        let opener = self.remote.ok_or_else(|| Error::refused(format!("this program cannot reach {url}")))?;
        let origin = self.config.ledger.origin.clone().ok_or_else(|| {
            Error::refused("dossier.toml names a server and no ledger")
                .hint("write its origin and key under [ledger]")
        })?;
        let token = match std::env::var("DOSSIER_TOKEN") {
            Ok(token) if !token.trim().is_empty() => Some(token.trim().to_owned()),
            _ => {
                let path = crate::keys::beside(&crate::keys::ledger_key_file(&origin)?, "token");
                std::fs::read_to_string(path).ok().map(|t| t.trim().to_owned())
            }
        };
        opener(&RemoteTarget {
            url,
            origin,
            key: self.config.ledger.key.clone(),
            token,
            logins: self.logins(),
            authority: self.config.ledger.authority.as_deref().map(|file| self.path(file)),
            state_dir: self.state_dir(),
        })
    }
}

/// Who logs in, and with which key: a file, or what ssh-agent holds where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The person.
    pub person: String,
    /// The key file; ssh-agent where absent.
    pub key: Option<PathBuf>,
}

impl Login {
    /// The means to sign the server's challenge.
    pub fn means(&self) -> crate::act::Means {
        self.key.clone().map_or(crate::act::Means::Agent, crate::act::Means::KeyFile)
    }

    /// The person of the environment, with their key file or what ssh-agent holds.
    fn of_environment() -> Option<Login> {
        let person = std::env::var("DOSSIER_PERSON").ok().filter(|p| !p.trim().is_empty())?;
        let key = std::env::var_os("DOSSIER_KEY").filter(|k| !k.is_empty());
        Some(Login { person: person.trim().to_owned(), key: key.map(PathBuf::from) })
    }
}

/// Makes a token for the server's API. It is shown once; the ledger holds its digest.
///
/// # Errors
/// When the name was used before, nothing may be done with it, or it would have ended already.
pub fn token_issue(
    ws: &Workspace,
    by: &str,
    token: &str,
    holder: &str,
    scopes: &[String],
    until: Date,
) -> Result<String> {
    let secret = format!("dossier_{}", hex::encode(password::secret().doing("make a token")?.as_slice()));
    let body = TokenIssue {
        token: token.to_owned(),
        holder: holder.to_owned(),
        scopes: scopes.to_vec(),
        until,
        digest: Digest::of(secret.as_bytes()),
    };
    ws.record(by, &body)?;
    Ok(secret)
}

/// A token is taken no longer.
///
/// # Errors
/// When there is none of that name.
pub fn token_revoke(ws: &Workspace, by: &str, token: &str, reason: &str) -> Result<Appended> {
    ws.record(by, &TokenRevoke { token: token.to_owned(), reason: reason.to_owned() })
}

/// Who a token lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The token's name.
    pub token: String,
    /// Whose it is.
    pub holder: String,
    /// Whether it may write.
    pub writes: bool,
}

/// The holder of a token, looked up at each request: a revoked one is out at once.
///
/// # Errors
/// When the ledger cannot be read. `None` where nobody is let in.
pub fn token_holder(ws: &Workspace, token: &str) -> Result<Option<Holder>> {
    let state = ws.ledger()?.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let found = state.token(Digest::of(token.as_bytes()), today).map(|t| &t.issued.body);
    Ok(found.map(|t| Holder {
        token: t.token.clone(),
        holder: t.holder.clone(),
        writes: t.scopes.iter().any(|s| s == "write"),
    }))
}

/// An entry that a client proposes.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Who acts.
    pub actor: String,
    /// The process on the client's side.
    pub via: String,
    /// The kind.
    pub kind: String,
    /// What it says.
    pub body: serde_json::Map<String, serde_json::Value>,
    /// The personal signature in its JSON form.
    pub sig: Option<serde_json::Value>,
}

/// What became of a proposal.
#[derive(Debug)]
pub enum Decided {
    /// Appended: first entry, position, time.
    Done(u64, u64, String),
    /// Somebody else was first: the position now.
    Conflict(u64),
}

/// Decides about proposed entries: all or none.
///
/// # Errors
/// When the client has another ledger in mind, or one of them would not count. That it was refused is an entry.
pub fn server_append(
    ws: &Workspace,
    holder: &Holder,
    from: &str,
    ledger_of_client: (&str, Option<&str>),
    (decided_on, texts_at): (u64, Option<&str>),
    entries: &[Proposed],
) -> Result<Decided> {
    let (origin, key) = ledger_of_client;
    same_ledger(ws, origin, key)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if state.position != decided_on {
        return Ok(Decided::Conflict(state.position));
    }
    let mut drafts = Vec::new();
    for e in entries {
        let sig = e.sig.clone().map(PersonalSignature::from_value).transpose();
        let sig = sig.map_err(|e| Error::refused("the signature cannot be read").because(e))?;
        let via = via(holder, from, &e.via);
        let (actor, kind, body) = (e.actor.clone(), e.kind.clone(), e.body.clone());
        drafts.push(Draft { actor, via, kind, body, sig });
    }
    let done = crate::over_api::check(&drafts, holder.writes)
        .and_then(|()| ledger.try_on(ws, &state, &drafts, ws.clock.now()))
        .and_then(|()| crate::proposals::check(ws, &state, holder, &drafts))
        .and_then(|()| crate::signed_texts::compared(ws, &state, texts_at, &drafts))
        .and_then(|compared| ws.append(&ledger, &state, &[drafts.clone(), compared].concat()));
    match done {
        Ok(Appended::Entries { first, position }) => {
            for draft in drafts.iter().filter(|d| d.kind == records::RetentionHold::KIND) {
                let from = Workspace { from: draft.via.clone(), ..ws.clone() };
                crate::archives::hold_in_archive(&from, &draft.actor, &crate::record_rules::body(draft)?)?;
            }
            let at =
                ws.ledger()?.entries_to(Some(position))?.last().map(|e| e.at.to_string()).unwrap_or_default();
            Ok(Decided::Done(first, position, at))
        }
        Ok(Appended::Requested(_)) => Err(Error::environment("nothing was appended")),
        Err(e) => {
            let now = ws.ledger()?.position()?;
            if now != decided_on {
                return Ok(Decided::Conflict(now));
            }
            if e.kind == ErrorKind::Refused
                && holder.writes
                && let Some(first) = drafts.iter().find(|d| d.sig.is_some()).or(drafts.first())
            {
                let about = crate::ledgers::subject(&first.body);
                let means = crate::act::Means::Agent;
                let actor = crate::act::Actor { person: first.actor.clone(), role: String::new(), means };
                let from = Workspace { from: first.via.clone(), ..ws.clone() };
                from.note_refusal(&actor, &first.kind, &about, &e);
            }
            Err(e)
        }
    }
}

/// The ledger that a client has in mind is this one.
pub(crate) fn same_ledger(ws: &Workspace, origin: &str, key: Option<&str>) -> Result<()> {
    let own = &ws.config.ledger;
    if own.origin.as_deref() == Some(origin) && (key.is_none() || own.key.as_deref() == key) {
        return Ok(());
    }
    Err(Error::verification(format!(
        "this server keeps `{}`, the checkout is of `{origin}` or of another key",
        own.origin.as_deref().unwrap_or_default()
    ))
    .hint("compare [ledger] in dossier.toml with the server's: a stale checkout, or a second ledger"))
}

/// From where an entry came: the token, its holder, the address, and the process on the client's side.
pub(crate) fn via(holder: &Holder, from: &str, process: &str) -> String {
    format!("api {} of {} {from}; {process}", holder.token, holder.holder).chars().take(190).collect()
}

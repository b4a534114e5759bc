//! The ledger of a server, over HTTPS (or HTTP on loopback), for the use cases of a command line on another machine.
//!
//! Reads are kept in memory for one command. What the server answered last is remembered beside the product: a server whose
//! history is shorter or another than what was seen before is refused by name, also where its key is right.

mod login;

use api::{Appended, BASE, ENTRIES_MAX, Failure, Head, Proposal, ProposedEntry};
use app::ledger::merkle::{self, Frontier, Subtree, leaf_hash};
use app::ledger::{self, AppendError, Draft, LedgerStore, StoreError};
use app::{Digest, Error, Instant, RemoteLedger, RemoteTarget, Result, ServerCommand, ServerDone};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the HTTP library gives.
type Asked = std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>;
/// The largest answer that is read, in bytes.
const ANSWER_MAX: u64 = api::BLOB_MAX + (16 << 20);
/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a command may take: staging builds the product.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(6 * 60 * 60);

/// Opens the ledger of a server.
///
/// # Errors
/// When the server is not there, does not know the token, keeps another ledger, or has forgotten what it said before.
pub fn connect(target: &RemoteTarget) -> Result<Box<dyn RemoteLedger>> {
    let mut config = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
    if let Some(file) = &target.authority {
        config = config.tls_config(app::trusting("[ledger] authority", std::slice::from_ref(file))?);
    }
    let agent: ureq::Agent = config.build().into();
    let base = format!("{}{BASE}", target.url.trim_end_matches('/'));
    let cache = Mutex::new(Cache::default());
    let mut store = RemoteStore {
        agent,
        base,
        token: String::new(),
        target: target.clone(),
        cache,
        texts_at: Mutex::default(),
    };
    let head = store.let_in()?;
    if target.origin != head.origin {
        return Err(Error::verification(format!(
            "the server keeps the ledger `{}`, dossier.toml names `{}`",
            head.origin, target.origin
        )));
    }
    if target.key.as_ref().is_some_and(|key| *key != head.key) {
        return Err(Error::verification(
            "the server's ledger began under another key than dossier.toml names",
        ));
    }
    store.compare_with_last_time()?;
    Ok(Box::new(store))
}

/// What was seen last: kept beside the product.
#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    origin: String,
    position: u64,
    root: String,
}

/// Entries and the hashes of their subtrees, as far as they were read.
#[derive(Default)]
struct Cache {
    entries: Vec<Vec<u8>>,
    frontier: Frontier,
    subtrees: HashMap<(u8, u64), Digest>,
}

struct RemoteStore {
    agent: ureq::Agent,
    base: String,
    token: String,
    target: RemoteTarget,
    cache: Mutex<Cache>,
    /// The commit of the texts that the next proposal is about.
    texts_at: Mutex<Option<String>>,
}

impl RemoteStore {
    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen_file(&self) -> PathBuf {
        self.target.state_dir.join("server-seen.json")
    }

    /// The bytes of an answer, or the server's reason.
    fn asked(&self, response: Asked) -> Result<std::result::Result<Vec<u8>, Failure>> {
        let unreachable = |e: ureq::Error| {
            let message = format!("the server {} could not be asked; nothing was recorded", self.target.url);
            let of_its_certificate = e.to_string().to_lowercase().contains("certificate");
            let error = Error::environment(message).because(e);
            if of_its_certificate {
                return error.hint("the server's certificate is not one that is trusted here for this name; a firm's own authority is named in dossier.toml: [ledger] authority = \"ca.pem\"");
            }
            error
        };
        let mut response = response.map_err(unreachable)?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().map_err(unreachable)?;
        if status.is_success() {
            return Ok(Ok(body));
        }
        Ok(Err(serde_json::from_slice(&body).unwrap_or_else(|_| Failure {
            code: "failed".into(),
            message: format!("it answered {status}"),
            hints: Vec::new(),
            position: None,
        })))
    }

    fn answer(&self, response: Asked) -> Result<Vec<u8>> {
        self.asked(response)?.map_err(refusal)
    }

    fn get(&self, path: &str) -> Result<Vec<u8>> {
        let response =
            self.agent.get(format!("{}{path}", self.base)).header("Authorization", &self.bearer()).call();
        self.answer(response)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn get_json<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T> {
        let bytes = self.get(path)?;
        serde_json::from_slice(&bytes).map_err(|e| {
            Error::environment(format!("{} is no server of dossier", self.target.url)).because(e)
        })
    }

    /// Reads what the server has beyond what is known here.
    fn catch_up(&self) -> Result<u64> {
        let head: Head = self.get_json("/ledger")?;
        let mut cache = self.lock();
        while (cache.entries.len() as u64) < head.position {
            let from = cache.entries.len() as u64;
            let to = head.position.min(from + ENTRIES_MAX);
            let bytes = self.get(&format!("/entries?from={from}&to={to}"))?;
            let entries = api::unpack(&bytes).filter(|e| e.len() as u64 == to - from);
            for entry in
                entries.ok_or_else(|| Error::environment("the server gave half of what was asked for"))?
            {
                cache.push(entry);
            }
        }
        Ok(head.position)
    }

    /// A server that has less, or something else, than it had before was rolled back or replaced.
    fn compare_with_last_time(&self) -> Result<()> {
        let position = self.catch_up()?;
        let Ok(text) = std::fs::read(self.seen_file()) else { return self.remember() };
        let Ok(seen) = serde_json::from_slice::<Seen>(&text) else { return self.remember() };
        if seen.origin != self.target.origin {
            return self.remember();
        }
        let hint = format!("ask who keeps the server; what was seen is in {}", self.seen_file().display());
        if position < seen.position {
            return Err(Error::verification(format!(
                "the server's ledger has {position} entries, and had {} when it was last asked: it was rolled back",
                seen.position
            ))
            .hint(hint));
        }
        let root = self.root(seen.position)?;
        if root.to_string() != seen.root {
            return Err(Error::verification(format!(
                "the server's first {} entries are not those that it had when it was last asked: it is another ledger",
                seen.position
            ))
            .hint(hint));
        }
        self.remember()
    }

    fn root(&self, size: u64) -> Result<Digest> {
        merkle::root(size, |level, index| self.subtree(level, index))
            .map_err(|e: StoreError| Error::environment("could not compute the server's root").because(e))
    }

    fn remember(&self) -> Result<()> {
        let position = self.lock().entries.len() as u64;
        let seen =
            Seen { origin: self.target.origin.clone(), position, root: self.root(position)?.to_string() };
        let failed =
            |e: std::io::Error| Error::environment("could not remember what the server said").because(e);
        std::fs::create_dir_all(&self.target.state_dir).map_err(failed)?;
        let text = serde_json::to_vec(&seen).unwrap_or_default();
        std::fs::write(self.seen_file(), text).map_err(failed)
    }
}

impl Cache {
    fn push(&mut self, entry: Vec<u8>) {
        let subtrees = &mut self.subtrees;
        self.frontier.push(leaf_hash(&entry), |s: Subtree| {
            subtrees.insert((s.level, s.index), s.hash);
        });
        self.entries.push(entry);
    }
}

fn refusal(failure: Failure) -> Error {
    let message = format!("the server refused: {}", failure.message);
    let error = match failure.code.as_str() {
        "other-ledger" => Error::verification(message),
        "failed" => Error::environment(message),
        _ => Error::refused(message),
    };
    failure.hints.into_iter().fold(error, Error::hint)
}

fn backend(operation: &'static str, e: Error) -> StoreError {
    let hints: String = e.hints.iter().map(|h| format!(" ({h})")).collect();
    StoreError::backend(operation, format!("{e}{hints}"))
}

impl LedgerStore for RemoteStore {
    fn position(&self) -> std::result::Result<u64, StoreError> {
        self.catch_up().map_err(|e| backend("read", e))
    }

    fn read(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(u64, &[u8]),
    ) -> std::result::Result<(), StoreError> {
        if range.end > self.lock().entries.len() as u64 {
            self.catch_up().map_err(|e| backend("read", e))?;
        }
        let cache = self.lock();
        let position = cache.entries.len() as u64;
        if range.start > range.end || range.end > position {
            return Err(StoreError::OutOfRange { start: range.start, end: range.end, position });
        }
        let skip = usize::try_from(range.start).unwrap_or(usize::MAX);
        for (seq, entry) in range.zip(cache.entries.iter().skip(skip)) {
            each(seq, entry);
        }
        Ok(())
    }

    fn subtree(&self, level: u8, index: u64) -> std::result::Result<Digest, StoreError> {
        let cache = self.lock();
        let position = cache.entries.len() as u64;
        cache.subtrees.get(&(level, index)).copied().ok_or(StoreError::OutOfRange {
            start: index,
            end: index,
            position,
        })
    }

    fn append(
        &self,
        drafts: &[Draft],
        _now: Instant,
        decided_on: Option<u64>,
    ) -> std::result::Result<ledger::Appended, AppendError> {
        let known = self.lock().entries.len() as u64;
        let entry = |d: &Draft| ProposedEntry {
            actor: d.actor.clone(),
            via: d.via.clone(),
            kind: d.kind.clone(),
            body: d.body.clone(),
            sig: d.sig.as_ref().map(ledger::PersonalSignature::to_value),
        };
        let decided_on = decided_on.unwrap_or(known);
        let proposal = Proposal {
            origin: self.target.origin.clone(),
            key: self.target.key.clone(),
            decided_on,
            texts_at: self.texts_at.lock().unwrap_or_else(PoisonError::into_inner).take(),
            entries: drafts.iter().map(entry).collect(),
        };
        let bytes = serde_json::to_vec(&proposal).map_err(|e| StoreError::backend("appended to", e))?;
        let response = self
            .agent
            .post(format!("{}/append", self.base))
            .header("Authorization", &self.bearer())
            .header("Content-Type", "application/json")
            .send(&bytes[..]);
        let body = match self.asked(response).map_err(|e| backend("appended to", e))? {
            Ok(body) => body,
            Err(Failure { position: Some(position), .. }) => {
                return Err(AppendError::Conflict { decided_on, position });
            }
            Err(failure) => return Err(backend("appended to", refusal(failure)).into()),
        };
        let done: Appended =
            serde_json::from_slice(&body).map_err(|e| StoreError::backend("appended to", e))?;
        // What is acknowledged stands already; that it could not be read again is another matter.
        if self.catch_up().is_ok() {
            let _ = self.remember();
        }
        let at = done
            .at
            .parse()
            .map_err(|_| StoreError::backend("appended to", "the server's time cannot be read"))?;
        Ok(ledger::Appended { first: done.first, position: done.position, at })
    }
}

impl RemoteLedger for RemoteStore {
    fn blob(&self, digest: Digest) -> Result<Vec<u8>> {
        self.get(&api::blob_path(digest))
    }

    fn texts_stand_at(&self, commit: Option<String>) {
        *self.texts_at.lock().unwrap_or_else(PoisonError::into_inner) = commit;
    }

    fn keep_blob(&self, digest: Digest, bytes: &[u8]) -> Result<()> {
        let response = self
            .agent
            .put(format!("{}{}", self.base, api::blob_path(digest)))
            .header("Authorization", &self.bearer())
            .send(bytes);
        self.answer(response).map(|_| ())
    }

    fn command(&self, command: &ServerCommand) -> Result<ServerDone> {
        let command = api::Command {
            origin: self.target.origin.clone(),
            key: self.target.key.clone(),
            command: command.command.clone(),
            version: command.version.clone(),
            by: command.by.clone(),
            via: command.via.clone(),
            arguments: command.arguments.clone(),
        };
        let bytes = serde_json::to_vec(&command)
            .map_err(|e| Error::environment("could not write the command").because(e))?;
        // A stage builds the product.
        let response = self
            .agent
            .post(format!("{}/commands", self.base))
            .config()
            .timeout_global(Some(COMMAND_TIMEOUT))
            .build()
            .header("Authorization", &self.bearer())
            .header("Content-Type", "application/json")
            .send(&bytes[..]);
        let bytes = self.answer(response)?;
        let done: api::Done = serde_json::from_slice(&bytes)
            .map_err(|e| Error::environment("the server's answer cannot be read").because(e))?;
        if self.catch_up().is_ok() {
            let _ = self.remember();
        }
        let api::Done { text, json, clean, first, position } = done;
        Ok(ServerDone { text, json, clean, first, position })
    }

    fn store(&self) -> &dyn LedgerStore {
        self
    }
}

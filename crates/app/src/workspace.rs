//! A product on disk: where it is, how it is configured, and its ledger.

use crate::act::{Acted, Actor, At};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use crate::shared_ledger::SharedLedger;
use diagnostics::Diagnostic;
use ledger::Draft;
use product::Config;
use records::{Record, State};
use std::path::{Path, PathBuf};

/// The file that makes a folder a product.
pub(crate) const CONFIG_FILE: &str = "dossier.toml";

/// The folder of ledger, archive, cache and blobs; git-ignored.
pub(crate) const STATE_DIR: &str = ".dossier";

/// How often a refusal is tried to be recorded where others append meanwhile.
const NOTE_TRIES: u32 = 20;

/// The most bytes of a profile that products share.
pub(crate) const PROFILE_BYTES: u64 = 1 << 20;

/// A small file of the repository, by its path from the product's folder. Symbolic links are not followed, as with documents.
fn read_within(root: &Path, path: &str) -> std::result::Result<Vec<u8>, String> {
    let (top, path) = if path.starts_with("../") {
        let repository = git::Repository::discover(root).map_err(|e| e.to_string())?;
        let top = repository.work_tree().map_err(|e| e.to_string())?;
        let top = top.canonicalize().map_err(|e| e.to_string())?;
        let below = root.strip_prefix(&top).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
        (top, product::below_top(&below, path)?)
    } else {
        (root.to_owned(), path.to_owned())
    };
    let mut at = top;
    for part in path.split('/') {
        at.push(part);
        let meta = std::fs::symlink_metadata(&at).map_err(|e| e.to_string())?;
        if meta.is_symlink() {
            return Err("a symbolic link is not followed".to_owned());
        }
        if meta.is_file() && meta.len() > PROFILE_BYTES {
            return Err(format!("it has {} bytes, and at most {PROFILE_BYTES} are read", meta.len()));
        }
    }
    std::fs::read(&at).map_err(|e| e.to_string())
}

/// A product on disk.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder that holds `dossier.toml`.
    pub root: PathBuf,
    /// The configuration.
    pub config: Config,
    /// What is wrong with it.
    pub config_findings: Vec<Diagnostic>,
    /// Its text, for snippets.
    pub config_text: String,
    /// Where the time comes from.
    pub clock: Clock,
    /// The process that acts, as entries name it: `cli`, `web`.
    pub via: &'static str,
    /// Only so many entries of the ledger are read, and none is appended; all where absent.
    pub ledger_until: Option<u64>,
    /// The process with whoever runs it and where, as entries say from where they came: `cli user@host`.
    pub from: String,
    /// How to reach a server, where the program can.
    pub(crate) remote: Option<crate::remote::RemoteOpener>,
    /// Who logs in to a server, where the command says so.
    pub(crate) login: Option<crate::remote::Login>,
    /// The revision whose texts are signed, where it is not the work tree's.
    pub(crate) texts_at: Option<String>,
}

/// What became of a command that appends.
#[derive(Debug)]
pub enum Appended {
    /// Entries of these numbers.
    Entries {
        /// The first entry.
        first: u64,
        /// The position afterwards.
        position: u64,
    },
    /// Nothing yet: the statement was written to be signed elsewhere.
    Requested(PathBuf),
}

impl Workspace {
    /// Opens the product that `dir` lies in: `dir` or the nearest folder above it with a `dossier.toml`.
    ///
    /// # Errors
    /// When there is none, or it cannot be read. What is wrong inside it is a finding, not an error.
    pub fn open(dir: &Path, clock: Clock, via: &'static str) -> Result<Workspace> {
        let start = dir.canonicalize().doing(format_args!("find {}", dir.display()))?;
        let Some(root) = start.ancestors().find(|a| a.join(CONFIG_FILE).is_file()) else {
            return Err(Error::refused(format!(
                "{} is not inside a product: there is no {CONFIG_FILE}",
                dir.display()
            ))
            .hint("make one with `dossier init`, or name the product's folder with `-C DIR`"));
        };
        let path = root.join(CONFIG_FILE);
        let bytes = std::fs::read(&path).doing(format_args!("read {}", path.display()))?;
        let config_text = String::from_utf8(bytes).map_err(|e| {
            Error::refused(format!("{CONFIG_FILE} is not UTF-8 at byte {}", e.utf8_error().valid_up_to()))
        })?;
        let (mut config, mut config_findings) = product::parse(&config_text, CONFIG_FILE);
        config_findings.extend(product::take_shared_profile(&mut config, &|path| read_within(root, path)));
        Ok(Workspace {
            root: root.to_owned(),
            config,
            config_findings,
            config_text,
            clock,
            via,
            ledger_until: None,
            from: from_where(via),
            remote: None,
            login: None,
            texts_at: None,
        })
    }

    /// The same product with the first `position` entries of its ledger, for reading the past.
    #[must_use]
    pub fn until(mut self, position: Option<u64>) -> Workspace {
        self.ledger_until = position;
        self
    }

    /// The same product, whose texts are signed as they stand at a revision.
    pub(crate) fn with_texts_at(&self, revision: Option<&str>) -> Workspace {
        Workspace { texts_at: revision.map(str::to_owned), ..self.clone() }
    }

    /// Whether `dossier.toml` can be read as TOML. Where it cannot, nothing is known of ledger, profile and roles, and that
    /// the file is silent about a ledger does not mean that the product has none.
    ///
    /// # Errors
    /// With the place, where it cannot.
    pub(crate) fn readable(&self) -> Result<()> {
        match self.config_findings.iter().find(|f| f.name == "unreadable-configuration") {
            None => Ok(()),
            Some(f) => Err(Error::refused(format!("{}: {}", f.location, f.message))
                .hint("mend the file; `dossier check --documents-only` shows the place")),
        }
    }

    /// The folder of ledger, archive, cache and blobs.
    pub fn state_dir(&self) -> PathBuf {
        self.root.join(STATE_DIR)
    }

    /// A path of the configuration, relative to the product's folder.
    pub fn path(&self, configured: &str) -> PathBuf {
        self.root.join(configured)
    }

    /// The same product, acted on from an address: what entries say of where they came from.
    #[must_use]
    pub fn acting_from(&self, address: &str) -> Workspace {
        let address: String = address.chars().filter(char::is_ascii_graphic).take(64).collect();
        Workspace { from: format!("{} {address}", self.via), ..self.clone() }
    }

    /// Evidence too large for an entry, by digest.
    pub fn blobs(&self) -> Blobs {
        let here = self.state_dir().join("blobs");
        if self.is_remote() { Blobs::of_server(here, self.clone()) } else { Blobs::at(here) }
    }

    /// The ledger that `dossier.toml` names.
    ///
    /// # Errors
    /// When the product has none, or the one on disk is absent, empty or under another key: never a silent new one.
    pub fn ledger(&self) -> Result<SharedLedger> {
        SharedLedger::open(self)
    }

    /// Appends drafts that were decided on `state`, after trying that each of them will count.
    ///
    /// # Errors
    /// When one of them would not count, or somebody appended in between.
    pub fn append(&self, ledger: &SharedLedger, state: &State, drafts: &[Draft]) -> Result<Appended> {
        let now = self.clock.now();
        crate::authority::check(&self.config, drafts)?;
        let today = self.clock.today(&self.config.product.timezone)?;
        crate::authority::check_unsigned(&self.config, state, drafts, today)?;
        crate::ageing::check(&self.config, state, drafts, now)?;
        ledger.try_on(self, state, drafts, now)?;
        if crate::signed_texts::any_of_texts(drafts) {
            ledger.texts_stand_at(|| crate::signed_texts::stand_at(self));
        }
        let done = ledger.append(drafts, now, state.position).inspect_err(|e| {
            if state.last_at.is_some_and(|last| now < last)
                && let Some(draft) = drafts.first()
            {
                let (person, means) = (draft.actor.clone(), crate::act::Means::Agent);
                let actor = Actor { person, role: String::new(), means };
                self.note_refusal(&actor, &draft.kind, &crate::ledgers::subject(&draft.body), e);
            }
        })?;
        Ok(Appended::Entries { first: done.first, position: done.position })
    }

    /// Records something that needs no personal signature.
    ///
    /// # Errors
    /// As [`Workspace::append`].
    pub fn record<R: Record>(&self, actor: &str, body: &R) -> Result<Appended> {
        let ledger = self.ledger()?;
        let state = ledger.state(None)?;
        let draft = self.at(&state).process(actor, body)?;
        self.append(&ledger, &state, &[draft])
    }

    /// Records a personal act.
    ///
    /// # Errors
    /// As [`Workspace::append`], and when the person cannot sign.
    pub fn record_act<R: Record>(&self, actor: &Actor, meaning: &str, body: &R) -> Result<Appended> {
        let ledger = self.ledger()?;
        let state = ledger.state(None)?;
        self.act_on(&ledger, &state, actor, meaning, body)
    }

    /// Records a personal act that was decided on `state`.
    ///
    /// # Errors
    /// As [`Workspace::record_act`].
    pub fn act_on<R: Record>(
        &self,
        ledger: &SharedLedger,
        state: &State,
        actor: &Actor,
        meaning: &str,
        body: &R,
    ) -> Result<Appended> {
        // Nobody is asked to sign what would be refused.
        let unsigned = self.at(state).process(&actor.person, body)?;
        let judged = crate::record_rules::check(self, state, &unsigned, std::slice::from_ref(&unsigned));
        let done = match judged.and_then(|()| self.at(state).personal(actor, meaning, body)) {
            Ok(Acted::Requested(file)) => return Ok(Appended::Requested(file)),
            Ok(Acted::Drafts(drafts)) => self.append(ledger, state, &drafts),
            Err(e) => Err(e),
        };
        done.inspect_err(|e| self.note_refusal(actor, R::KIND, &body.subject(), e))
    }

    /// An act that was tried and refused is an entry too (21 CFR 11.300 d): who, what, why, from where. That it cannot be
    /// written (the ledger is not here, or not sound) changes nothing about the refusal.
    pub(crate) fn note_refusal(&self, actor: &Actor, act: &str, subject: &str, why: &Error) {
        let of_the_act = matches!(why.kind, crate::error::ErrorKind::Refused) || why.is_of_a_signature();
        if !of_the_act || why.note() {
            return;
        }
        let note = || -> Result<bool> {
            let ledger = self.ledger()?;
            let state = ledger.state(None)?;
            let body = records::SignatureRefuse {
                person: actor.person.clone(),
                act: act.to_owned(),
                subject: subject.to_owned(),
                reason: why.said(),
            };
            let draft = self.at(&state).process("dossier", &body)?;
            // A clock that stands back is a reason of refusals: the note has the time of the entry before it.
            let now = self.clock.now().max(state.last_at.unwrap_or_else(|| self.clock.now()));
            let done = ledger.append(&[draft], now, state.position);
            Ok(done.is_ok() || ledger.position()? == state.position)
        };
        // Others append meanwhile, which is a reason of refusals too: tried again, so that none is lost.
        for _ in 0..NOTE_TRIES {
            if note().unwrap_or(true) {
                return;
            }
        }
    }

    /// Who runs this process, as far as it is known: the person of `DOSSIER_PERSON`, else the system's user, else the process.
    pub(crate) fn reader(&self) -> String {
        let named =
            std::env::var("DOSSIER_PERSON").ok().filter(|p| crate::people::identifier("a person", p).is_ok());
        let user =
            || self.from.split_once(' ').and_then(|(_, at)| at.split_once('@')).map(|(u, _)| u.to_owned());
        named.or_else(user).unwrap_or_else(|| self.via.to_owned())
    }

    /// Where process and ledger stand, for making drafts.
    pub fn at<'a>(&'a self, state: &'a State) -> At<'a> {
        At { state, now: self.clock.now(), via: &self.from }
    }
}

/// The process, the user that runs it, and the machine: from where an entry came.
fn from_where(via: &str) -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let word =
        |text: &str| -> String { text.trim().chars().filter(|c| c.is_ascii_graphic()).take(64).collect() };
    match (word(&user), word(&host)) {
        (user, host) if user.is_empty() && host.is_empty() => via.to_owned(),
        (user, host) if user.is_empty() => format!("{via} {host}"),
        (user, host) => format!("{via} {user}@{host}"),
    }
}

//! The ledger of a product as use cases see it: checked against `dossier.toml`, read as entries and state.

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use ledger::{Draft, Entry, Genesis, LedgerStore};
use records::State;
use vocabulary::{Date, Digest, Instant};

/// An open ledger.
pub struct SharedLedger {
    store: Kept,
    /// Only so many entries are read.
    until: Option<u64>,
}

/// Where the ledger is kept.
enum Kept {
    Here(Box<dyn LedgerStore>),
    Server(Box<dyn crate::remote::RemoteLedger>),
}

impl std::fmt::Debug for SharedLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedLedger")
    }
}

impl SharedLedger {
    pub(crate) fn open(workspace: &Workspace) -> Result<SharedLedger> {
        workspace.readable()?;
        let config = &workspace.config.ledger;
        let Some(origin) = config.origin.as_deref() else {
            return Err(Error::refused("this product has no ledger")
                .hint("begin one with `dossier init`; without a ledger only `check --documents-only` gives verdicts"));
        };
        if workspace.is_remote() {
            let ledger =
                SharedLedger { store: Kept::Server(workspace.open_remote()?), until: workspace.ledger_until };
            ledger.check_identity(workspace, origin)?;
            return Ok(ledger);
        }
        let Some(path) = config.url.strip_prefix("sqlite:") else {
            return Err(Error::refused(format!(
                "ledger `{}`: this version opens `sqlite:PATH` and `https://…`",
                config.url
            )));
        };
        let path = workspace.path(path);
        if !path.is_file() {
            return Err(Error::refused(format!(
                "the ledger `{origin}` is not here: {} does not exist",
                path.display()
            ))
            .hint("dossier.toml names a ledger, so a new one is never begun silently")
            .hint("copy the team's ledger here, or point [ledger] url at it"));
        }
        let store =
            store::SqliteLedger::open(&path).doing(format_args!("open the ledger {}", path.display()))?;
        let ledger = SharedLedger { store: Kept::Here(Box::new(store)), until: workspace.ledger_until };
        ledger.check_identity(workspace, origin)?;
        Ok(ledger)
    }

    /// Entry 0 has to say what `dossier.toml` says: another ledger under the same path is an error, not a surprise.
    fn check_identity(&self, workspace: &Workspace, origin: &str) -> Result<()> {
        let first = if self.position()? == 0 { None } else { self.entries_to(Some(1))?.into_iter().next() };
        let Some(first) = first else {
            return Err(Error::refused("the ledger is empty: it has not even entry 0")
                .hint("a ledger is begun by `dossier init`; restore this one from a backup"));
        };
        let genesis = Genesis::of(&first)
            .map_err(|e| Error::verification("entry 0 does not begin a ledger").because(e))?;
        if genesis.origin != origin {
            return Err(Error::verification(format!(
                "this ledger's origin is `{}`, dossier.toml names `{origin}`",
                genesis.origin
            )));
        }
        // The key of dossier.toml is one of the ledger's: the first, or one that followed it by a rotation that holds.
        if let Some(key) = &workspace.config.ledger.key
            && genesis.key.to_string() != *key
            && !crate::ledger_keys::all(self, &genesis)?.iter().any(|k| k.to_string() == *key)
        {
            return Err(Error::verification("this ledger began under another key than dossier.toml names")
                .hint("somebody replaced the ledger or the configuration; compare both with a backup"));
        }
        if matches!(workspace.clock, Clock::Simulated(_)) && genesis.clock != ledger::Clock::Simulated {
            return Err(Error::refused("this ledger runs on real time; a simulated clock is refused"));
        }
        Ok(())
    }

    /// The position: how many entries there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn position(&self) -> Result<u64> {
        let position = self.store().position().doing("read the ledger's position")?;
        match self.until {
            None => Ok(position),
            Some(until) if until <= position => Ok(until),
            Some(until) => Err(not_reached(position, until)),
        }
    }

    /// The bytes of entries up to position `to`, or of all.
    ///
    /// # Errors
    /// When the store cannot be read or has fewer entries.
    pub fn bytes_to(&self, to: Option<u64>) -> Result<Vec<Vec<u8>>> {
        let position = self.position()?;
        let to = to.unwrap_or(position);
        if to > position {
            return Err(not_reached(position, to));
        }
        let mut out = Vec::new();
        self.store().read(0..to, &mut |_, bytes| out.push(bytes.to_vec())).doing("read the ledger")?;
        Ok(out)
    }

    /// The entries up to position `to`, or all.
    ///
    /// # Errors
    /// As [`SharedLedger::bytes_to`], and when an entry is not one.
    pub fn entries_to(&self, to: Option<u64>) -> Result<Vec<Entry>> {
        let decode = |(seq, bytes): (usize, Vec<u8>)| {
            Entry::decode(&bytes).map_err(|e| {
                Error::verification(format!("entry {seq} of the ledger cannot be read"))
                    .because(e)
                    .hint("find out what happened with `dossier ledger verify`")
            })
        };
        self.bytes_to(to)?.into_iter().enumerate().map(decode).collect()
    }

    /// A ledger of a store that is there already, for tests.
    #[cfg(test)]
    pub(crate) fn of_store(store: Box<dyn LedgerStore>) -> SharedLedger {
        SharedLedger { store: Kept::Here(store), until: None }
    }

    /// The entries of a range.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`].
    pub fn entries_of(&self, range: std::ops::Range<u64>) -> Result<Vec<Entry>> {
        let first = range.start;
        let decode = |(n, bytes): (usize, Vec<u8>)| {
            Entry::decode(&bytes).map_err(|e| {
                Error::verification(format!("entry {} of the ledger cannot be read", first + n as u64))
                    .because(e)
                    .hint("find out what happened with `dossier ledger verify`")
            })
        };
        self.bytes_of(range)?.into_iter().enumerate().map(decode).collect()
    }

    /// The state at position `to`, or now, for a list: as [`SharedLedger::state`], from a snapshot where one holds. Nothing that
    /// gives a verdict or appends may ask for it.
    ///
    /// # Errors
    /// As [`SharedLedger::state`].
    pub(crate) fn listed(&self, workspace: &Workspace, to: Option<u64>) -> Result<State> {
        crate::state_cache::listed(workspace, self, to)
    }

    /// How many entries were appended up to the end of a day (UTC). Times never go back in a ledger, so a few entries are read
    /// and not all.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`].
    pub(crate) fn position_on(&self, day: Date) -> Result<u64> {
        let (mut least, mut most) = (0, self.position()?);
        while least < most {
            let middle = least + (most - least) / 2;
            let entry = self.entries_of(middle..middle + 1)?.into_iter().next();
            let by_then = entry.is_some_and(|e| e.at.date_utc() <= day);
            (least, most) = if by_then { (middle + 1, most) } else { (least, middle) };
        }
        Ok(least)
    }

    /// The state at position `to`, or now, folded from entry 0 with every signature checked.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`].
    pub fn state(&self, to: Option<u64>) -> Result<State> {
        Ok(State::fold(&self.entries_to(to)?))
    }

    /// The digest of each entry's bytes, by number.
    ///
    /// # Errors
    /// As [`SharedLedger::bytes_to`].
    pub fn digests(&self, to: Option<u64>) -> Result<Vec<Digest>> {
        Ok(self.bytes_to(to)?.iter().map(|b| Digest::of(b)).collect())
    }

    /// The store, for exports and checkpoints.
    pub fn store(&self) -> &dyn LedgerStore {
        match &self.store {
            Kept::Here(store) => &**store,
            Kept::Server(server) => server.store(),
        }
    }

    /// The bytes of the entries of a range.
    ///
    /// # Errors
    /// When the store cannot be read or has fewer entries.
    pub fn bytes_of(&self, range: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>> {
        let mut out = Vec::new();
        self.store().read(range, &mut |_, bytes| out.push(bytes.to_vec())).doing("read the ledger")?;
        Ok(out)
    }

    /// Whether all drafts fulfil the rules of records and will count when they follow `state`: nothing else is ever appended.
    pub(crate) fn try_on(
        &self,
        workspace: &Workspace,
        state: &State,
        drafts: &[Draft],
        now: Instant,
    ) -> Result<()> {
        let mut next = state.clone();
        let problems = next.problems.len();
        for draft in drafts {
            crate::record_rules::check(workspace, &next, draft, drafts)?;
            let entry = draft.at(next.position, now);
            next.apply(&entry);
            if let Some(p) = next.problems.get(problems) {
                return Err(Error::refused(format!("`{}` would not count: {}", p.kind, p.what)));
            }
        }
        Ok(())
    }

    /// Tells a server at which commit the texts stand that the next entries are about. Of a ledger that is here, nobody asks.
    pub(crate) fn texts_stand_at(&self, commit: impl FnOnce() -> Option<String>) {
        if let Kept::Server(server) = &self.store {
            server.texts_stand_at(commit());
        }
    }

    pub(crate) fn append(&self, drafts: &[Draft], now: Instant, decided_on: u64) -> Result<ledger::Appended> {
        if self.until.is_some() {
            return Err(Error::refused("nothing is appended to the past: leave `--ledger-at` out"));
        }
        use ledger::AppendError;
        self.store().append(drafts, now, Some(decided_on)).map_err(|e| match e {
            AppendError::Conflict { .. } => {
                Error::refused("somebody else appended in between; nothing was recorded")
                    .because(e)
                    .hint("look at what came with `dossier ledger log`, then repeat the command")
            }
            // What the clock of this machine says cannot be; that it was tried is on record with the time before.
            AppendError::ClockBack { .. } => {
                Error::refused("could not append to the ledger; nothing was recorded")
                    .because(e)
                    .hint("set this machine's clock right, then repeat the command")
            }
            e => Error::environment("could not append to the ledger; nothing was recorded").because(e),
        })
    }
}

fn not_reached(position: u64, asked: u64) -> Error {
    Error::refused(format!("the ledger has {position} entries; position {asked} is not reached"))
}

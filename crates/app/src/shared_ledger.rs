//! The ledger of a product as use cases see it: checked against `dossier.toml`, read as entries and state.

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use ledger::{Draft, Entry, Genesis, LedgerStore};
use records::two_threads::by_two_in_turn;
use records::{Examined, State};
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
        self.bytes_of(0..self.reached(to)?)
    }

    /// The position `to`, or now, where there is one.
    fn reached(&self, to: Option<u64>) -> Result<u64> {
        let position = self.position()?;
        match to {
            Some(to) if to > position => Err(not_reached(position, to)),
            _ => Ok(to.unwrap_or(position)),
        }
    }

    /// The entries up to position `to`, or all.
    ///
    /// # Errors
    /// As [`SharedLedger::bytes_to`], and when an entry is not one.
    pub fn entries_to(&self, to: Option<u64>) -> Result<Vec<Entry>> {
        self.bytes_to(to)?.iter().zip(0..).map(|(bytes, seq)| decoded(seq, bytes)).collect()
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
        self.bytes_of(range)?.iter().zip(first..).map(|(bytes, seq)| decoded(seq, bytes)).collect()
    }

    /// Hands on the entries of a range in their order, examined by two threads.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`], before the first entry that is none is handed on.
    pub(crate) fn examine(
        &self,
        range: std::ops::Range<u64>,
        mut then: impl FnMut(Examined<'static>) -> Result<()>,
    ) -> Result<()> {
        // Some milliseconds of work each.
        const CHUNK: usize = 128;
        let first = range.start;
        let bytes = self.bytes_of(range)?;
        let chunks: Vec<_> = bytes.chunks(CHUNK).zip((first..).step_by(CHUNK)).collect();
        let examine = |(chunk, first): &(&[Vec<u8>], u64)| {
            let one = |(bytes, seq): (&Vec<u8>, u64)| decoded(seq, bytes).map(Examined::from);
            chunk.iter().zip(*first..).map(one).collect::<Result<Vec<_>>>()
        };
        let mut done = Ok(());
        by_two_in_turn(&chunks, 0, examine, |entries| {
            if done.is_ok() {
                done = entries.and_then(|entries| entries.into_iter().try_for_each(&mut then));
            }
        });
        done
    }

    /// Adds the entries from a state's position on, up to position `to`.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`].
    pub(crate) fn carry_on(&self, state: &mut State, to: u64) -> Result<()> {
        self.examine(state.position..to, |entry| {
            state.add(&entry);
            Ok(())
        })
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
        let mut state = State::default();
        self.carry_on(&mut state, self.reached(to)?)?;
        Ok(state)
    }

    /// The entries up to position `to`, or all, and the state that they add up to.
    ///
    /// # Errors
    /// As [`SharedLedger::entries_to`].
    pub(crate) fn entries_and_state(&self, to: Option<u64>) -> Result<(Vec<Entry>, State)> {
        let (mut entries, mut state) = (Vec::new(), State::default());
        self.examine(0..self.reached(to)?, |entry| {
            state.add(&entry);
            entries.push(entry.into_entry());
            Ok(())
        })?;
        Ok((entries, state))
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

/// Entry `seq` of a ledger, from its bytes.
fn decoded(seq: u64, bytes: &[u8]) -> Result<Entry> {
    Entry::decode(bytes).map_err(|e| {
        Error::verification(format!("entry {seq} of the ledger cannot be read"))
            .because(e)
            .hint("find out what happened with `dossier ledger verify`")
    })
}

fn not_reached(position: u64, asked: u64) -> Error {
    Error::refused(format!("the ledger has {position} entries; position {asked} is not reached"))
}

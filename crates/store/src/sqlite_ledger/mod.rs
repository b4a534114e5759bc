//! A ledger in one SQLite file.
//!
//! Write-ahead log with `synchronous=FULL`: an append returns after its commit was synced, and several processes may
//! append to one file on one machine. The tables refuse changes and deletions by triggers, which stops accidents; what
//! stops an adversary is the tree that the checkpoints sign. The format is written down in `docs/formats/ledger.md`.

mod schema;

use ledger::merkle::{Frontier, Subtree, leaf_hash};
use ledger::{AppendError, Appended, Draft, Entry, LedgerStore, StoreError};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior, params};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use vocabulary::{Digest, Instant};

/// How long an append waits for another process's append before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A ledger in an SQLite file. When the last one that has the file open is dropped, nothing but the file stays.
pub struct SqliteLedger {
    path: PathBuf,
    state: Mutex<State>,
}

/// The connection, and the end of the ledger as this process last saw it.
struct State {
    connection: Connection,
    end: End,
}

/// What an append needs to know of the entries so far.
#[derive(Debug, Clone, Default)]
struct End {
    frontier: Frontier,
    last_at: Option<Instant>,
}

impl SqliteLedger {
    /// Creates an empty ledger at a path where nothing is. The folder must be there.
    pub fn create(path: &Path) -> Result<SqliteLedger, StoreError> {
        match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists(path.display().to_string()));
            }
            Err(e) => return Err(StoreError::backend("created", e)),
        }
        let mut connection = connect(path)?;
        schema::create(&mut connection).map_err(|e| explain(path, "created", e))?;
        sync_folder(path)?;
        SqliteLedger::with(path, connection)
    }

    /// Writes a ledger from the bytes of its entries, verified before by whoever restores it, to a path where nothing is. All of
    /// it or nothing: it is written beside and then moved.
    pub fn restore(path: &Path, entries: &[Vec<u8>]) -> Result<(), StoreError> {
        if path.exists() {
            return Err(StoreError::Exists(path.display().to_string()));
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".restoring");
        let beside = PathBuf::from(beside);
        let _ = std::fs::remove_file(&beside);
        let ledger = SqliteLedger::create(&beside)?;
        {
            let mut state = ledger.state();
            let failed = |e| explain(&beside, "restored", e);
            let transaction = state.connection.transaction().map_err(failed)?;
            let mut frontier = Frontier::default();
            for (seq, bytes) in entries.iter().enumerate() {
                let entry = Entry::decode(bytes)
                    .map_err(|e| StoreError::Damaged(format!("entry {seq} cannot be read: {e}")))?;
                let Entry { actor, via, kind, body, sig, .. } = entry;
                insert(&transaction, &mut frontier, &Draft { actor, via, kind, body, sig }, bytes)
                    .map_err(failed)?;
            }
            transaction.commit().map_err(failed)?;
        }
        drop(ledger);
        std::fs::rename(&beside, path).map_err(|e| StoreError::backend("restored", e))?;
        sync_folder(path)
    }

    /// Opens the ledger at a path. Where none is, or something else, that is an error, never a new ledger.
    pub fn open(path: &Path) -> Result<SqliteLedger, StoreError> {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_file() => {}
            Ok(_) => return Err(foreign(path, "not a file")),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::Absent(path.display().to_string()));
            }
            Err(e) => return Err(StoreError::backend("opened", e)),
        }
        let connection = connect(path)?;
        schema::check(&connection, path)?;
        SqliteLedger::with(path, connection)
    }

    fn with(path: &Path, connection: Connection) -> Result<SqliteLedger, StoreError> {
        let end = read_end(&connection)?;
        Ok(SqliteLedger { path: path.to_owned(), state: Mutex::new(State { connection, end }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // `end` is replaced only after a commit, and compared with the file before each use.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SqliteLedger({})", self.path.display())
    }
}

impl LedgerStore for SqliteLedger {
    fn position(&self) -> Result<u64, StoreError> {
        position(&self.state().connection)
    }

    /// As the trait says. `each` runs while this value is locked, so it must not call back into it.
    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(u64, &[u8])) -> Result<(), StoreError> {
        let state = self.state();
        let position = position(&state.connection)?;
        if range.start > range.end || range.end > position {
            return Err(StoreError::OutOfRange { start: range.start, end: range.end, position });
        }
        let failed = |e| explain(&self.path, "read", e);
        let mut query = state
            .connection
            .prepare_cached("SELECT seq, bytes FROM entries WHERE seq >= ?1 AND seq < ?2 ORDER BY seq")
            .map_err(failed)?;
        let mut rows = query.query(params![signed(range.start)?, signed(range.end)?]).map_err(failed)?;
        let mut next = range.start;
        while let Some(row) = rows.next().map_err(failed)? {
            let seq: i64 = row.get(0).map_err(failed)?;
            if u64::try_from(seq) != Ok(next) {
                return Err(StoreError::Damaged(format!("entry {next} is missing")));
            }
            let bytes = row.get_ref(1).map_err(failed)?.as_blob();
            each(next, bytes.map_err(|_| StoreError::Damaged(format!("entry {next} holds no bytes")))?);
            next += 1;
        }
        if next < range.end {
            return Err(StoreError::Damaged(format!("entry {next} is missing")));
        }
        Ok(())
    }

    fn subtree(&self, level: u8, index: u64) -> Result<Digest, StoreError> {
        let state = self.state();
        match subtree(&state.connection, level, index)? {
            Some(hash) => Ok(hash),
            None => {
                let position = position(&state.connection)?;
                let end = (u128::from(index) + 1) << level.min(63);
                if end <= u128::from(position) {
                    return Err(StoreError::Damaged(format!("hash {index} of level {level} is missing")));
                }
                let end = u64::try_from(end).unwrap_or(u64::MAX);
                Err(StoreError::OutOfRange {
                    start: index.checked_shl(level.into()).unwrap_or(0),
                    end,
                    position,
                })
            }
        }
    }

    /// One pass over the rows, which stand in the order that is asked for.
    fn hashes(&self, leaves: Range<u64>) -> Result<Vec<Option<Digest>>, StoreError> {
        let state = self.state();
        let failed = |e| explain(&self.path, "read", e);
        let beyond = || StoreError::OutOfRange { start: leaves.start, end: leaves.end, position: 0 };
        let first = subtree_id(0, leaves.start).ok_or_else(beyond)?;
        let end = subtree_id(0, leaves.end).ok_or_else(beyond)?;
        let mut out = vec![None; usize::try_from(end.saturating_sub(first)).unwrap_or(0)];
        let mut query = state
            .connection
            .prepare_cached("SELECT id, hash FROM subtrees WHERE id >= ?1 AND id < ?2")
            .map_err(failed)?;
        let mut rows = query.query([first, end]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let id: i64 = row.get(0).map_err(failed)?;
            let slot = usize::try_from(id - first).ok().and_then(|n| out.get_mut(n));
            if let (Some(slot), Ok(hash)) = (slot, row.get::<_, [u8; 32]>(1)) {
                *slot = Some(Digest(hash));
            }
        }
        Ok(out)
    }

    fn append(
        &self,
        drafts: &[Draft],
        now: Instant,
        decided_on: Option<u64>,
    ) -> Result<Appended, AppendError> {
        let mut state = self.state();
        let State { connection, end } = &mut *state;
        let failed = |e| explain(&self.path, "appended to", e);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let first = position(&transaction)?;
        if first != end.frontier.size() {
            // Another process has appended since.
            *end = read_end(&transaction)?;
        }
        let planned = ledger::plan(first, end.last_at, drafts, now, decided_on)?;
        refuse_replays(&transaction, drafts).map_err(|e| e.explain(&self.path))?;
        let mut next = end.clone();
        for (draft, bytes) in drafts.iter().zip(&planned.entries) {
            insert(&transaction, &mut next.frontier, draft, bytes).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        next.last_at = Some(planned.at);
        *end = next;
        Ok(Appended { first, position: end.frontier.size(), at: planned.at })
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| explain(path, "opened", e))?;
    schema::configure(&connection, BUSY_TIMEOUT).map_err(|e| explain(path, "opened", e))?;
    Ok(connection)
}

fn position(connection: &Connection) -> Result<u64, StoreError> {
    let last = connection
        .prepare_cached("SELECT max(seq) FROM entries")
        .and_then(|mut q| q.query_row([], |row| row.get::<_, Option<i64>>(0)))
        .map_err(|e| StoreError::backend("read", e))?;
    match last {
        None => Ok(0),
        Some(seq) => match u64::try_from(seq) {
            Ok(seq) => Ok(seq + 1),
            Err(_) => Err(StoreError::Damaged(format!("an entry has the number {seq}"))),
        },
    }
}

/// Reads the end of the ledger, and checks that the last entry is one and is the one that the tree ends in.
fn read_end(connection: &Connection) -> Result<End, StoreError> {
    let size = position(connection)?;
    let Some(last) = size.checked_sub(1) else { return Ok(End::default()) };
    let bytes: Vec<u8> = connection
        .query_row("SELECT bytes FROM entries WHERE seq = ?1", [signed(last)?], |row| row.get(0))
        .map_err(|e| StoreError::backend("read", e))?;
    let entry = Entry::decode(&bytes)
        .map_err(|e| StoreError::Damaged(format!("the last entry, {last}, cannot be read: {e}")))?;
    if entry.seq != last || subtree(connection, 0, last)? != Some(leaf_hash(&bytes)) {
        return Err(StoreError::Damaged(format!("the last entry, {last}, is not the one that was appended")));
    }
    let frontier = Frontier::load(size, |level, index| {
        let hash = subtree(connection, level, index)?;
        hash.ok_or_else(|| StoreError::Damaged(format!("hash {index} of level {level} is missing")))
    })?;
    Ok(End { frontier, last_at: Some(entry.at) })
}

fn subtree(connection: &Connection, level: u8, index: u64) -> Result<Option<Digest>, StoreError> {
    let Some(id) = subtree_id(level, index) else { return Ok(None) };
    let hash = connection
        .prepare_cached("SELECT hash FROM subtrees WHERE id = ?1")
        .and_then(|mut q| q.query_row([id], |row| row.get::<_, [u8; 32]>(0)).optional())
        .map_err(|e| StoreError::backend("read", e))?;
    Ok(hash.map(Digest))
}

/// The row of a subtree: subtrees are numbered in the order in which appending completes them, so that the table grows
/// at its end only. `None` where the number would not fit.
fn subtree_id(level: u8, index: u64) -> Option<i64> {
    let last_leaf = (u128::from(index) + 1).checked_mul(1_u128.checked_shl(level.into())?)? - 1;
    let last_leaf = u64::try_from(last_leaf).ok().filter(|n| *n < 1 << 53)?;
    // Before leaf n stand n leaves and, of each level l, n >> l subtrees.
    let before: u64 = (0..54).map(|l| last_leaf >> l).sum();
    i64::try_from(before + u64::from(level)).ok()
}

fn insert(
    transaction: &Transaction<'_>,
    frontier: &mut Frontier,
    draft: &Draft,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    let seq = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
    transaction
        .prepare_cached("INSERT INTO entries (seq, bytes) VALUES (?1, ?2)")?
        .execute(params![seq, bytes])?;
    if let Some(sig) = &draft.sig {
        transaction
            .prepare_cached("INSERT INTO signatures (digest, seq) VALUES (?1, ?2)")?
            .execute(params![Digest::of(sig.signature.as_bytes()).0, seq])?;
    }
    let mut completed: Vec<Subtree> = Vec::new();
    frontier.push(leaf_hash(bytes), |s| completed.push(s));
    let mut insert = transaction.prepare_cached("INSERT INTO subtrees (id, hash) VALUES (?1, ?2)")?;
    for s in completed {
        insert.execute(params![subtree_id(s.level, s.index).unwrap_or(i64::MAX), s.hash.0])?;
    }
    Ok(())
}

/// A failure while looking for replayed signatures.
enum Replay {
    Found { index: usize, seq: u64 },
    Sql(rusqlite::Error),
}

impl Replay {
    fn explain(self, path: &Path) -> AppendError {
        match self {
            Replay::Found { index, seq } => AppendError::Replayed { index, seq },
            Replay::Sql(e) => explain(path, "appended to", e).into(),
        }
    }
}

fn refuse_replays(connection: &Connection, drafts: &[Draft]) -> Result<(), Replay> {
    for (index, draft) in drafts.iter().enumerate() {
        let Some(sig) = &draft.sig else { continue };
        let seq: Option<i64> = connection
            .prepare_cached("SELECT seq FROM signatures WHERE digest = ?1")
            .and_then(|mut q| {
                q.query_row([Digest::of(sig.signature.as_bytes()).0], |row| row.get(0)).optional()
            })
            .map_err(Replay::Sql)?;
        if let Some(seq) = seq {
            return Err(Replay::Found { index, seq: seq.unsigned_abs() });
        }
    }
    Ok(())
}

fn signed(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::OutOfRange { start: n, end: n, position: 0 })
}

/// Tells what is no database of ours, or a broken one, from what merely failed.
fn explain(path: &Path, operation: &'static str, e: rusqlite::Error) -> StoreError {
    match e.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => foreign(path, "it is no SQLite database"),
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(format!("`{}`: SQLite finds it malformed ({e})", path.display()))
        }
        _ => StoreError::backend(operation, e),
    }
}

fn foreign(path: &Path, why: &str) -> StoreError {
    StoreError::Foreign { place: path.display().to_string(), why: why.to_owned() }
}

/// Makes the file's name as durable as its content.
#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::backend("created", e))
}

/// Windows writes directory changes through its own journal; a folder cannot be synced there.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtrees_are_numbered_in_the_order_in_which_they_are_completed() {
        let (mut frontier, mut next) = (Frontier::new(), 0);
        for n in 0..1_000u64 {
            frontier.push(leaf_hash(&n.to_be_bytes()), |s| {
                assert_eq!(subtree_id(s.level, s.index), Some(next));
                next += 1;
            });
        }
        assert_eq!(subtree_id(0, u64::MAX), None);
        assert_eq!(subtree_id(255, 1), None);
    }
}

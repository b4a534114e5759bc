//! The tables of a ledger file, and how to tell it from another file.

use super::foreign;
use ledger::StoreError;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;
use std::time::Duration;

/// `PRAGMA application_id` of a ledger: `doss` in ASCII.
const APPLICATION_ID: i64 = 0x646f_7373;
/// `PRAGMA user_version`: the version of these tables.
const SCHEMA: i64 = 1;

/// Entries as they were appended, the hashes of the complete subtrees over them, and which entry carries a personal
/// signature. The triggers refuse whatever is no growth at the end.
const TABLES: &str = "
CREATE TABLE entries (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE subtrees (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE signatures (digest BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_have_no_gap BEFORE INSERT ON entries
  WHEN NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM entries)
  BEGIN SELECT raise(ABORT, 'entries are appended at the end, without gaps'); END;
CREATE TRIGGER entries_do_not_change BEFORE UPDATE ON entries
  BEGIN SELECT raise(ABORT, 'the ledger only grows: an entry never changes'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  BEGIN SELECT raise(ABORT, 'the ledger only grows: an entry is never deleted'); END;
CREATE TRIGGER subtrees_do_not_change BEFORE UPDATE ON subtrees
  BEGIN SELECT raise(ABORT, 'the ledger only grows: a hash never changes'); END;
CREATE TRIGGER subtrees_are_not_deleted BEFORE DELETE ON subtrees
  BEGIN SELECT raise(ABORT, 'the ledger only grows: a hash is never deleted'); END;
CREATE TRIGGER signatures_do_not_change BEFORE UPDATE ON signatures
  BEGIN SELECT raise(ABORT, 'the ledger only grows: a signature never changes'); END;
CREATE TRIGGER signatures_are_not_deleted BEFORE DELETE ON signatures
  BEGIN SELECT raise(ABORT, 'the ledger only grows: a signature is never deleted'); END;
";

/// Bytes of a page of a new file. An append writes two pages to the log, one of entries and one of hashes: of SQLite's 4 096
/// bytes each would be mostly what stood there before.
const PAGE_BYTES: i64 = 2_048;

/// Pages of the write-ahead log at which it is copied into the database: 4 MiB. Until then the log's file grows, after that it is
/// written over, which a disk syncs sooner.
const LOG_PAGES: i64 = 2_000;

/// Settings of a connection. None of them writes to a file that is not a ledger.
pub(super) fn configure(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(busy_timeout)?;
    // The file may come from a stranger: nothing in its schema may do more than we do, and no statement of ours may
    // damage it by writing past SQLite.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain sync leaves the data in the disk's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |_| Ok(()))
}

/// Makes an empty database a ledger.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    transaction.commit()?;
    // Only now: up to here a crash leaves no second file behind.
    use_write_ahead_log(connection)
}

fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| {
        let mode: String = row.get(0)?;
        if mode == "wal" {
            return Ok(());
        }
        Err(rusqlite::Error::InvalidParameterName(format!("journal mode is {mode}, not wal")))
    })
}

/// Checks that the database is a ledger whose tables this program knows.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |e| super::explain(path, "opened", e);
    let number =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
    let (application, schema) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .map_err(failed)?;
    if tables == 0 {
        return Err(foreign(
            path,
            "it is empty: its creation broke off; remove it and create the ledger again",
        ));
    }
    if application != APPLICATION_ID {
        return Err(foreign(path, "it is an SQLite database of another program"));
    }
    if schema > SCHEMA {
        return Err(StoreError::Newer { place: path.display().to_string(), found: schema, known: SCHEMA });
    }
    if schema < 1 {
        return Err(foreign(path, "it states no schema version"));
    }
    use_write_ahead_log(connection).map_err(failed)
}

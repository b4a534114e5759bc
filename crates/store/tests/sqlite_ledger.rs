//! The SQLite ledger: the conformance suite, what it leaves on disk, and what it refuses to open.

use ledger::conformance::{self, entries, genesis, note, time};
use ledger::{Anchors, AppendError, LedgerStore, StoreError, verify_store};
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use store::SqliteLedger;

#[test]
fn passes_the_conformance_suite() {
    let dir = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    conformance::run(&|| {
        let n = count.fetch_add(1, Ordering::Relaxed);
        SqliteLedger::create(&dir.path().join(format!("{n}.db"))).unwrap()
    });
}

#[test]
fn what_was_appended_is_there_after_reopening_and_only_the_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    let ledger = SqliteLedger::create(&path).unwrap();
    ledger.append(&[genesis(), note("a")], time(0), None).unwrap();
    drop(ledger);
    let left: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["ledger.db"], "a clean exit leaves no -wal");
    let ledger = SqliteLedger::open(&path).unwrap();
    ledger.append(&[note("b")], time(1), Some(2)).unwrap();
    assert_eq!(entries(&ledger).len(), 3);
    assert!(verify_store(&ledger, None, &Anchors::default()).unwrap().ok());
}

#[test]
fn two_openers_of_one_file_see_each_others_appends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    let one = SqliteLedger::create(&path).unwrap();
    one.append(&[genesis()], time(0), None).unwrap();
    let two = SqliteLedger::open(&path).unwrap();
    for n in 1..40 {
        let (writer, reader) = if n % 3 == 0 { (&one, &two) } else { (&two, &one) };
        assert_eq!(writer.append(&[note(&n.to_string())], time(n), None).unwrap().first, n as u64);
        assert_eq!(reader.position().unwrap(), n as u64 + 1);
    }
    let conflict = one.append(&[note("late")], time(50), Some(39));
    assert!(matches!(conflict, Err(AppendError::Conflict { decided_on: 39, position: 40 })), "{conflict:?}");
    assert!(verify_store(&one, None, &Anchors::default()).unwrap().ok());
}

#[test]
fn nothing_is_opened_that_is_no_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    assert!(matches!(SqliteLedger::open(&at("absent.db")), Err(StoreError::Absent(_))));
    assert!(matches!(SqliteLedger::open(dir.path()), Err(StoreError::Foreign { .. })));
    std::fs::write(
        at("text.db"),
        "no database, but long enough to have a header of a hundred bytes ".repeat(20),
    )
    .unwrap();
    std::fs::write(at("empty.db"), "").unwrap();
    Connection::open(at("other.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    for name in ["text.db", "empty.db", "other.db"] {
        let before = std::fs::read(at(name)).unwrap();
        let opened = SqliteLedger::open(&at(name));
        assert!(matches!(opened, Err(StoreError::Foreign { .. })), "{name}: {opened:?}");
        assert_eq!(std::fs::read(at(name)).unwrap(), before, "{name} is left as it was");
        assert!(matches!(SqliteLedger::create(&at(name)), Err(StoreError::Exists(_))), "{name}");
    }
    drop(SqliteLedger::create(&at("newer.db")).unwrap());
    Connection::open(at("newer.db")).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    let opened = SqliteLedger::open(&at("newer.db"));
    assert!(matches!(opened, Err(StoreError::Newer { found: 2, known: 1, .. })), "{opened:?}");
}

#[test]
fn the_tables_refuse_everything_but_growth() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path(), 3);
    let sql = Connection::open(&path).unwrap();
    for statement in [
        "UPDATE entries SET bytes = x'00' WHERE seq = 1",
        "UPDATE entries SET seq = 9 WHERE seq = 2",
        "DELETE FROM entries WHERE seq = 2",
        "DELETE FROM entries",
        "INSERT INTO entries (seq, bytes) VALUES (7, x'00')",
        "INSERT OR REPLACE INTO entries (seq, bytes) VALUES (1, x'00')",
        "UPDATE subtrees SET hash = x'00'",
        "DELETE FROM subtrees",
        "DELETE FROM signatures",
    ] {
        // A statement that meets no row meets no trigger either; it changed nothing.
        assert!(matches!(sql.execute(statement, []), Err(_) | Ok(0)), "{statement}");
    }
    assert_eq!(entries(&SqliteLedger::open(&path).unwrap()).len(), 3);
}

/// A ledger with `size` entries, closed.
fn filled(dir: &Path, size: usize) -> std::path::PathBuf {
    let path = dir.join("ledger.db");
    let ledger = SqliteLedger::create(&path).unwrap();
    ledger.append(&[genesis()], time(0), None).unwrap();
    for n in 1..size {
        ledger.append(&[note(&format!("entry number {n}"))], time(n as i64), None).unwrap();
    }
    path
}

/// Lets `tamper` loose on a ledger file without its triggers.
fn tampered(dir: &Path, tamper: &str) -> std::path::PathBuf {
    let path = filled(dir, 20);
    let sql = Connection::open(&path).unwrap();
    let triggers: Vec<String> = sql
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        sql.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    sql.execute_batch(tamper).unwrap();
    path
}

#[test]
fn tampering_in_the_file_is_found_and_named() {
    let cases: &[(&str, &str, u64)] = &[
        (
            "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'number 7', 'number 8') AS BLOB) WHERE seq = 7",
            "L007",
            7,
        ),
        ("DELETE FROM entries WHERE seq = 7", "L044", 7),
        ("UPDATE subtrees SET hash = randomblob(32) WHERE id = 0", "L007", 0),
        ("UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE seq = 8) WHERE seq = 7", "L002", 7),
        ("UPDATE entries SET bytes = x'7b7d' WHERE seq = 7", "L001", 7),
    ];
    for (tamper, code, seq) in cases {
        let dir = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&tampered(dir.path(), tamper)).unwrap();
        let report = verify_store(&ledger, None, &Anchors::default()).unwrap();
        let named = report.problems.iter().any(|p| p.code == *code && p.seq == Some(*seq));
        assert!(named, "{tamper}: {:#?}", report.problems);
    }
    // A changed end is found at once: nothing is ever appended after it.
    for tamper in ["UPDATE entries SET bytes = x'7b7d' WHERE seq = 19", "DELETE FROM subtrees WHERE id > 20"]
    {
        let dir = tempfile::tempdir().unwrap();
        let opened = SqliteLedger::open(&tampered(dir.path(), tamper));
        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{tamper}: {opened:?}");
    }
}

#[test]
fn any_flipped_byte_of_the_file_is_an_error_or_found_or_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path(), 20);
    let good = std::fs::read(&path).unwrap();
    let before = entries(&SqliteLedger::open(&path).unwrap());
    // A prime step meets headers, pages, cells and free space alike.
    for at in (0..good.len()).step_by(61) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        std::fs::write(&path, &bad).unwrap();
        let Ok(ledger) = SqliteLedger::open(&path) else { continue };
        match verify_store(&ledger, None, &Anchors::default()) {
            Ok(report) if report.ok() && report.entries == 20 => {
                assert_eq!(entries(&ledger), before, "byte {at}")
            }
            // An end that is cut off needs a checkpoint to be missed.
            _ => {}
        }
    }
}

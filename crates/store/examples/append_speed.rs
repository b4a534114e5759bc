//! Durable single appends beside raw SQLite commits: `cargo run --release -p store --example append_speed -- DIR`.
//!
//! Both use a write-ahead log with `synchronous=FULL` on the same disk; the raw one inserts a row of 300 bytes and a
//! hash of 32, which is the least that a ledger could do. They take turns, so that a busy machine slows both.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]

use ledger::{Clock, Draft, Genesis, LedgerStore as _};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};
use signing::{SecretKey, note::VerifierKey};
use std::path::Path;
use std::time::{Duration, Instant};
use store::SqliteLedger;

const ROUNDS: usize = 9;
const APPENDS: usize = 400;

fn main() {
    let dir = std::env::args().nth(1).expect("a folder on the disk to measure");
    let dir = tempfile::tempdir_in(dir).expect("a folder in it");
    let (ledger, raw) = (open_ledger(dir.path()), open_raw(dir.path()));
    let mut shares = Vec::new();
    for round in 0..ROUNDS {
        let (mut raw_time, mut time) = (Duration::ZERO, Duration::ZERO);
        for n in 0..APPENDS {
            let start = Instant::now();
            raw_commit(&raw, (round * APPENDS + n) as i64);
            raw_time += start.elapsed();
            let start = Instant::now();
            ledger.append(&[record(&"x".repeat(160), n)], now(1), None).expect("an append");
            time += start.elapsed();
        }
        let (raw_rate, rate) = (APPENDS as f64 / raw_time.as_secs_f64(), APPENDS as f64 / time.as_secs_f64());
        shares.push(rate / raw_rate);
        println!(
            "round {round}: ledger {rate:7.0} appends/s, raw SQLite {raw_rate:7.0} commits/s, {:.2}",
            rate / raw_rate
        );
    }
    shares.sort_by(f64::total_cmp);
    println!("median share of raw SQLite: {:.2}", shares[ROUNDS / 2]);
}

fn now(s: i64) -> vocabulary::Instant {
    vocabulary::Instant::from_millis(1_767_225_600_000 + s)
}

fn open_ledger(dir: &Path) -> SqliteLedger {
    let ledger = SqliteLedger::create(&dir.join("ledger.db")).expect("a new ledger");
    let key = VerifierKey::new("example.org/bench", SecretKey::from_seed([1; 32], "").public());
    let (origin, product) = ("example.org/bench".into(), "bench".into());
    let key = key.expect("the origin names a key");
    let genesis = Genesis { origin, product, key, clock: Clock::Simulated }.draft("qa-lead", "bench");
    ledger.append(&[genesis], now(0), None).expect("a genesis");
    ledger
}

fn record(text: &str, n: usize) -> Draft {
    let mut body = Map::new();
    body.insert("text".into(), Value::from(text));
    body.insert("n".into(), Value::from(n));
    let (actor, via, kind) = ("qa-lead".into(), "bench".into(), "note/write/v1".into());
    Draft { actor, via, kind, body, sig: None }
}

fn open_raw(dir: &Path) -> Connection {
    let raw = Connection::open(dir.join("raw.db")).expect("a new database");
    raw.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    raw.pragma_update(None, "synchronous", "FULL").expect("FULL");
    raw.execute_batch("CREATE TABLE e (i INTEGER PRIMARY KEY, h BLOB, b BLOB)").expect("a table");
    raw
}

fn raw_commit(raw: &Connection, n: i64) {
    raw.execute_batch("BEGIN IMMEDIATE").expect("begin");
    let mut insert = raw.prepare_cached("INSERT INTO e (i, h, b) VALUES (?1, ?2, ?3)").expect("insert");
    insert.execute(params![n, [7u8; 32], [9u8; 300]]).expect("insert");
    raw.execute_batch("COMMIT").expect("commit");
}

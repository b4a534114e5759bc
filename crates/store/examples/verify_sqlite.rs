//! How long a ledger in SQLite takes to verify: `cargo run --release -p store --example verify_sqlite -- DIR [ENTRIES]`.
//!
//! It reads every entry, recomputes every hash and compares it with the one that the file keeps, as
//! `dossier ledger verify` does. CPU time is Linux's own count for the thread; elsewhere wall time.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]

use ledger::{Anchors, Clock, Draft, Genesis, LedgerStore as _, verify_store};
use serde_json::{Map, Value};
use signing::{SecretKey, note::VerifierKey};
use std::time::Instant;
use store::SqliteLedger;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().expect("a folder on the disk to measure");
    let count: u64 = arguments.next().map_or(100_000, |n| n.parse().expect("a number of entries"));
    let dir = tempfile::tempdir_in(dir).expect("a folder in it");
    let ledger = SqliteLedger::create(&dir.path().join("ledger.db")).expect("a new ledger");
    let key = VerifierKey::new("example.org/bench", SecretKey::from_seed([1; 32], "").public());
    let (origin, product) = ("example.org/bench".into(), "bench".into());
    let key = key.expect("the origin names a key");
    let genesis = Genesis { origin, product, key, clock: Clock::Simulated }.draft("qa-lead", "bench");
    let now = vocabulary::Instant::from_millis(1_767_225_600_000);
    let drafts: Vec<Draft> = std::iter::once(genesis).chain((1..count).map(record)).collect();
    let start = Instant::now();
    for chunk in drafts.chunks(1_000) {
        ledger.append(chunk, now, None).expect("an append");
    }
    println!("appended {count} entries, a thousand at once, in {:.3} s", start.elapsed().as_secs_f64());
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let report = verify_store(&ledger, None, &Anchors::default()).expect("a ledger that can be read");
    let wall = start.elapsed().as_secs_f64();
    let seconds = cpu.and_then(|before| Some(cpu_seconds()? - before)).unwrap_or(wall);
    assert!(report.ok(), "{:?}", report.problems.first());
    println!("verified {} entries in {seconds:.3} s of CPU ({wall:.3} s)", report.entries);
}

fn record(n: u64) -> Draft {
    let mut body = Map::new();
    body.insert("text".into(), Value::from("x".repeat(160)));
    body.insert("n".into(), Value::from(n));
    let (actor, via, kind) = ("qa-lead".into(), "bench".into(), "note/write/v1".into());
    Draft { actor, via, kind, body, sig: None }
}

/// Seconds that this thread has run, as Linux counts them.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

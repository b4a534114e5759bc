//! How long the verifier takes: `cargo run --release -p ledger --example verify_speed -- [ENTRIES] [SIGNED_EVERY]`.
//!
//! The ledger is made in memory; each `SIGNED_EVERY`-th entry (default 20) carries a personal signature, which costs
//! far more to check than all the rest of an entry. CPU time is Linux's own count for the thread; elsewhere wall time.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]

use ledger::{Anchors, Draft, Entry, PersonalSignature, sign_statement, verify};
use serde_json::{Map, Value, json};
use signing::SecretKey;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse().expect("a number"));
    let (count, signed_every): (u64, u64) =
        (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(20));
    let entries: Vec<Vec<u8>> = (0..count).map(|seq| entry(seq, signed_every)).collect();
    let bytes: usize = entries.iter().map(Vec::len).sum();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let report = verify(&entries, None, &Anchors::default());
    let wall = start.elapsed().as_secs_f64();
    let seconds = cpu.and_then(|before| Some(cpu_seconds()? - before)).unwrap_or(wall);
    assert!(report.ok(), "{:?}", report.problems.first());
    println!(
        "verified {count} entries ({} signed, {:.1} MB) in {seconds:.3} s of CPU ({wall:.3} s), {:.0} entries/s",
        report.signatures,
        bytes as f64 / 1e6,
        count as f64 / seconds
    );
}

/// Seconds that this thread has run, as Linux counts them.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

fn entry(seq: u64, signed_every: u64) -> Vec<u8> {
    let at = vocabulary::Instant::from_millis(1_767_225_600_000 + seq as i64);
    let draft = match seq {
        0 => genesis(),
        _ => Draft {
            actor: "qa-lead".into(),
            via: "dossier 0.1.0".into(),
            kind: "test/record/v1".into(),
            body: object(json!({
                "case": format!("TC-{seq}"), "result": "pass", "software": "5f3a9c21".repeat(8),
                "environment": "x86_64, rev B", "steps": [{"n": 1, "actual": "as expected"}, {"n": 2, "actual": "as expected"}]
            })),
            sig: seq.is_multiple_of(signed_every).then(|| sign(seq)),
        },
    };
    let entry: Entry = draft.at(seq, at);
    entry.encode().expect("an entry")
}

fn genesis() -> Draft {
    let key =
        signing::note::VerifierKey::new("example.org/bench", SecretKey::from_seed([1; 32], "").public());
    let (origin, product) = ("example.org/bench".into(), "bench".into());
    let key = key.expect("the origin names a key");
    ledger::Genesis { origin, product, key, clock: ledger::Clock::Simulated }.draft("qa-lead", "bench")
}

fn sign(seq: u64) -> PersonalSignature {
    let statement = json!({
        "format": "dossier/statement/v1", "origin": "example.org/bench", "kind": "test/record/v1", "after-position": seq,
        "subject": format!("TC-{seq}"), "digest": "5f3a9c21".repeat(8), "role": "qa-lead", "meaning": "review",
        "person": "qa-lead", "at": "2026-03-14T09:12:00.000Z"
    });
    sign_statement(object(statement), &SecretKey::from_seed([2; 32], "")).expect("a key at hand signs")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

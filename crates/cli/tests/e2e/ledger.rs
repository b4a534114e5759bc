//! The ledger that is not there, is another one, was touched, or is written by many at once.

use super::bench::*;
use std::path::PathBuf;

const REPORT: &str = "--title t --description d --found f --version 1.0.0 --severity minor";

#[test]
fn a_ledger_that_is_absent_or_empty_is_never_begun_anew() {
    let p = Product::approved();
    let away = p.beside("away");
    std::fs::rename(p.path(".dossier"), &away).unwrap();
    for line in ["check", "status", "anomaly list", "ledger verify", "release gate 1.0.0"] {
        p.run(line).says(2, &["the ledger `thermo.example/ledger` is not here", "copy the team's ledger"]);
    }
    p.run("init").says(2, &["this product has a ledger already"]);
    assert!(!p.path(".dossier/ledger.db").exists());
    p.run("check --documents-only").says(0, &["documents only: no record was looked at"]);
    std::fs::create_dir_all(p.path(".dossier")).unwrap();
    std::fs::write(p.path(".dossier/ledger.db"), "").unwrap();
    let done = p.run("check");
    assert!(matches!(done.code, 2 | 3), "{}{}", done.out, done.err);
    std::fs::write(
        p.path(".dossier/ledger.db"),
        "this is no database, and long enough to be taken for one".repeat(99),
    )
    .unwrap();
    let done = p.run("check");
    assert!(matches!(done.code, 2 | 3), "{}{}", done.out, done.err);
    done.says(done.code, &["ledger.db"]);
}

#[test]
fn the_ledger_of_another_key_is_refused() {
    let (ours, theirs) = (Product::approved(), Product::approved());
    std::fs::remove_dir_all(ours.path(".dossier")).unwrap();
    std::fs::rename(theirs.path(".dossier"), ours.path(".dossier")).unwrap();
    for line in ["check", "anomaly list", "ledger verify"] {
        ours.run(line).says(3, &["key"]);
    }
    ours.run(&format!("anomaly report AN-1 {REPORT}")).says(3, &["key"]);
}

/// The database with what was not yet moved into it.
fn files(p: &Product) -> Vec<PathBuf> {
    let folder = p.path(".dossier");
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    files.filter(|f| f.file_name().unwrap().to_string_lossy().starts_with("ledger.db")).collect()
}

#[test]
fn a_changed_byte_in_the_database_is_found_and_named() {
    let p = Product::approved();
    let mut changed = 0;
    for file in files(&p) {
        let mut bytes = std::fs::read(&file).unwrap();
        let places: Vec<usize> =
            (0..bytes.len()).filter(|i| bytes[*i..].starts_with(b"known in person")).collect();
        for place in places {
            bytes[place] = b'K';
            changed += 1;
        }
        std::fs::write(&file, bytes).unwrap();
    }
    assert!(changed > 0, "no entry was found in the database");
    p.run("ledger verify").says(3, &["entry 1"]);
    let report = p.run("ledger verify --format json");
    assert_eq!(report.code, 3);
    assert_eq!(report.json()["ok"], false);
}

#[test]
fn many_processes_append_at_once_and_none_is_lost() {
    let p = Product::approved();
    let before = p.position();
    let running: Vec<_> = (0..8)
        .map(|i| {
            let mut command = p.command(&format!("anomaly report AN-{i} {REPORT}"));
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let mut appended = 0;
    for child in running {
        let done = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&done.stderr);
        match done.status.code() {
            Some(0) => appended += 1,
            // Decided on a state that somebody else has changed since: said, and nothing written.
            Some(2) => assert!(err.contains("appended") || err.contains("again"), "{err}"),
            code => panic!("{code:?}: {err}"),
        }
    }
    assert!(appended > 0);
    assert_eq!(p.position(), before + appended);
    p.ok("ledger verify").says(0, &["everything holds"]);
    let anomalies = p.ok("anomaly list --format json").json();
    assert_eq!(anomalies["anomalies"].as_array().unwrap().len() as u64, appended);
}

#[test]
fn a_clock_that_goes_backwards_is_refused() {
    let mut p = Product::judged();
    p.at("2026-03-02T11:59:58.000Z");
    p.ok(&format!("anomaly report AN-1 {REPORT}"));
    let log = p.ok("ledger log -n 1 --format json").json();
    assert_eq!(log["entries"][0]["at"], NOON, "a small step back is clamped");
    p.at("2026-03-02T11:00:00.000Z");
    p.refused(2, &format!("anomaly report AN-2 {REPORT}"), &["2026-03-02T12:00:00"]);
    p.at(NOON);
    p.ok("ledger verify");
}

#[test]
fn a_simulated_clock_is_for_ledgers_that_say_so() {
    let mut p = Product::approved();
    p.at("2030-01-01T00:00:00Z");
    p.run(&format!("anomaly report AN-1 {REPORT}")).says(2, &["a simulated clock is refused"]);
    let p = Product::judged();
    p.ok("ledger verify").says(0, &["SIMULATED"]);
    p.run("release gate 1.0.0 --dry-run").says(0, &["SIMULATED"]);
}

//! Kills, system calls and full disks: what was acknowledged is there, and a ledger always opens.
//!
//! The child of these tests is this test binary itself, started with the name of an ignored test.

use ledger::conformance::{entries, genesis, note, time};
use ledger::{Anchors, LedgerStore, verify_store};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use store::SqliteLedger;

const CHILD: &str = "sqlite_crash::child_that_appends";
const LEDGER: &str = "DOSSIER_TEST_LEDGER";
const COUNT: &str = "DOSSIER_TEST_COUNT";

/// Appends to the ledger that the environment names, as many entries as it says, and acknowledges each on stdout.
#[test]
#[ignore = "started by the other tests"]
fn child_that_appends() {
    let Some(path) = std::env::var_os(LEDGER).map(PathBuf::from) else { return };
    let count: u64 = std::env::var(COUNT).unwrap().parse().unwrap();
    let ledger = if path.exists() { SqliteLedger::open(&path) } else { SqliteLedger::create(&path) }.unwrap();
    let mut out = std::io::stdout().lock();
    if ledger.position().unwrap() == 0 {
        ledger.append(&[genesis()], time(0), None).unwrap();
    }
    writeln!(out, "\nready").unwrap();
    for n in 0..count {
        let drafts: Vec<_> = (0..=n % 3).map(|part| note(&format!("{n}/{part}"))).collect();
        match ledger.append(&drafts, time(1), None) {
            Ok(appended) => writeln!(out, "ack {}", appended.position).unwrap(),
            Err(e) => return writeln!(out, "refused {e:?}").unwrap(),
        }
    }
}

fn child(mut command: Command, ledger: &Path, count: u64) -> Child {
    command
        .args(["--exact", CHILD, "--ignored", "--nocapture", "--test-threads=1"])
        .env(LEDGER, ledger)
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn this_binary() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// The lines that a child prints, until it ends.
fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok)
}

fn acknowledged(line: &str) -> Option<u64> {
    line.strip_prefix("ack ")?.parse().ok()
}

#[test]
fn two_hundred_kills_lose_no_acknowledged_entry() {
    const KILLS: u64 = 200;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    let (mut acknowledged_most, mut interrupted) = (0, 0);
    for round in 0..KILLS {
        let mut child = child(this_binary(), &path, 100_000);
        // After how many acknowledgements the kill comes differs; where in the next append it falls is chance.
        let mut left = 1 + (round * 7) % 13;
        let mut lines = lines(&mut child);
        for line in lines.by_ref() {
            if let Some(position) = acknowledged(&line) {
                acknowledged_most = acknowledged_most.max(position);
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        child.kill().unwrap();
        // What was acknowledged before the kill took effect counts as well.
        acknowledged_most = lines.filter_map(|l| acknowledged(&l)).fold(acknowledged_most, u64::max);
        child.wait().unwrap();
        let ledger = SqliteLedger::open(&path).unwrap();
        let position = ledger.position().unwrap();
        assert!(
            position >= acknowledged_most,
            "round {round}: {position} entries, {acknowledged_most} acknowledged"
        );
        interrupted += u64::from(position > acknowledged_most);
    }
    let ledger = SqliteLedger::open(&path).unwrap();
    let report = verify_store(&ledger, None, &Anchors::default()).unwrap();
    assert!(report.ok(), "{:#?}", report.problems);
    check_whole_appends(&ledger);
    eprintln!(
        "{KILLS} kills, {} entries, {interrupted} times more written than acknowledged",
        report.entries
    );
}

/// No append is there by half: `n/0`, `n/1` … `n/(n % 3)` always stand together.
fn check_whole_appends(ledger: &SqliteLedger) {
    let texts = entries(ledger).into_iter().skip(1);
    let mut texts = texts.map(|e| e.body.get("text").and_then(|t| t.as_str()).unwrap().to_owned());
    while let Some(text) = texts.next() {
        let (n, part) = text.split_once('/').unwrap();
        assert_eq!(part, "0", "an append begins with its first entry");
        for part in 1..=n.parse::<u64>().unwrap() % 3 {
            assert_eq!(texts.next(), Some(format!("{n}/{part}")));
        }
    }
}

#[test]
fn two_processes_append_to_one_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    SqliteLedger::create(&path).unwrap().append(&[genesis()], time(0), None).unwrap();
    let mut children: Vec<Child> = (0..2).map(|_| child(this_binary(), &path, 60)).collect();
    let mut positions: Vec<u64> = Vec::new();
    for child in &mut children {
        positions.extend(lines(child).filter_map(|l| acknowledged(&l)));
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(positions.len(), 120);
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions.len(), 120, "no two appends ended at one position");
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.position().unwrap(), 1 + 2 * 120);
    assert!(verify_store(&ledger, None, &Anchors::default()).unwrap().ok());
    check_whole_appends(&ledger);
}

#[test]
#[cfg(target_os = "linux")]
fn every_acknowledgement_follows_a_sync_of_file_and_folder() {
    if !Command::new("strace").arg("-V").output().is_ok_and(|o| o.status.success()) {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (path, trace) = (dir.path().join("ledger.db"), dir.path().join("trace"));
    // The first child creates the ledger, the second one opens it: each makes a write-ahead log of its own.
    for _ in 0..2 {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-s", "256", "-e", "trace=openat,fsync,fdatasync,write,pwrite64", "-o"]);
        strace.arg(&trace).arg(std::env::current_exe().unwrap());
        let mut child = child(strace, &path, 20);
        let acknowledgements = lines(&mut child).filter(|l| acknowledged(l).is_some()).count();
        if !child.wait().unwrap().success() {
            eprintln!("skipped: strace cannot trace here");
            return;
        }
        assert_eq!(acknowledgements, 20);
        check_trace(&std::fs::read_to_string(&trace).unwrap(), dir.path());
    }
}

/// Reads what strace saw: between two acknowledgements the write-ahead log was written, and after its last write it
/// was synced; and since a file was created, the folder was synced too.
fn check_trace(trace: &str, dir: &Path) {
    let log = dir.join("ledger.db-wal").display().to_string();
    let (opened, log, folder) = (format!("\"{log}\""), format!("{log}>"), format!("<{}>", dir.display()));
    let (mut created, mut folder_synced, mut written, mut synced, mut seen) = (false, false, false, false, 0);
    for line in trace.lines() {
        let is_sync = line.contains("fsync(") || line.contains("fdatasync(");
        if line.contains("openat(") && line.contains(&opened) && line.contains("O_CREAT") {
            (created, folder_synced) = (true, false);
        } else if is_sync && line.contains(&folder) {
            folder_synced = true;
        } else if is_sync && line.contains(&log) {
            synced = true;
        } else if line.contains("write") && line.contains(&log) {
            (written, synced) = (true, false);
        } else if line.contains("\"ack ") {
            assert!(written && synced, "acknowledged before a sync:\n{line}");
            assert!(created && folder_synced, "acknowledged before the folder was synced:\n{line}");
            (written, synced, seen) = (false, false, seen + 1);
        }
    }
    assert_eq!(seen, 20, "strace saw every acknowledgement");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_refuses_the_append_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mount = dir.path().join("small");
    std::fs::create_dir(&mount).unwrap();
    // A tmpfs of its own in a mount namespace of its own: nothing outside sees it, and it ends with the child.
    let script = "mount -t tmpfs -o size=512k tmpfs \"$1\" || exit 77; shift; \"$@\" || exit 1; \
                  cp \"$SMALL\"/ledger.db* \"$COPIES\"";
    let mut unshare = Command::new("unshare");
    unshare.args(["-rm", "sh", "-c", script, "sh"]).arg(&mount).arg(std::env::current_exe().unwrap());
    unshare.env("SMALL", &mount).env("COPIES", dir.path());
    let mut child = child(unshare, &mount.join("ledger.db"), 100_000);
    let (mut most, mut refused) = (0, None);
    for line in lines(&mut child) {
        most = acknowledged(&line).unwrap_or(most).max(most);
        refused = line.strip_prefix("refused ").map(str::to_owned).or(refused);
    }
    let status = child.wait().unwrap();
    if status.code() == Some(77) || (most == 0 && refused.is_none()) {
        eprintln!("skipped: no tmpfs can be mounted here");
        return;
    }
    let refused = refused.expect("a disk of half a megabyte is full in the end");
    assert!(refused.contains("full") || refused.contains("Full"), "{refused}");
    assert!(status.success(), "{status}");
    let ledger = SqliteLedger::open(&dir.path().join("ledger.db")).unwrap();
    assert!(most > 0 && ledger.position().unwrap() >= most, "{most} acknowledged");
    assert!(verify_store(&ledger, None, &Anchors::default()).unwrap().ok());
    check_whole_appends(&ledger);
}

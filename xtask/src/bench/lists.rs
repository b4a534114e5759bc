//! Every list, trend and comparison over a ledger of five years: 20 000 anomalies, 3 000 changes, 50 releases.
//!
//! Whole processes as a person starts them, warm: the first call after the history was made folds it and keeps a snapshot, which is
//! timed by itself and held to nothing. The history is made by the example `long_history` of `app`, always the same.

use super::measure::{Bound, Timed};
use super::{Bench, example, quoted};
use crate::steps::run as command;
use anyhow::{Context as _, Result, bail};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The first moment of the simulated clock.
const BEGUN: &str = "2021-01-04T08:00:00.000Z";
/// A moment after the last entry.
const NOW: &str = "2026-01-20T08:00:00.000Z";
/// Commits, one for each change.
const COMMITS: usize = 3_000;
/// The most seconds that the issue gives a list.
const MOST: f64 = 0.2;

/// What is asked, as a person types it.
const LISTS: [&str; 21] = [
    "anomaly list",
    "anomaly list 'severity>=major and open and affects ITM-07'",
    "anomaly list 'mentions \"alarm queue\" and age>30d order by reported desc limit 50'",
    "anomaly list --residual-in 3.4.0",
    "anomaly show AN-777",
    "anomaly fielded",
    "anomaly unresolved 5.9.0",
    "anomaly trend --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by item --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by category --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by version --from 2021-01-01 --to 2025-12-31",
    "anomaly view list",
    "change list",
    "change list 'open or not analysed'",
    "change show CR-1500",
    "release list",
    "release diff 3.4.0 3.5.0",
    "release diff 1.0.0 2.0.0",
    "test list",
    "complaint list",
    "capa list",
];

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let product = history(bench)?;
    let line = |ask: &str| {
        format!(
            "DOSSIER_KEYS={} {} -C {} --now {NOW} {ask} > /dev/null",
            quoted(&bench.work.join("history-keys")),
            quoted(&bench.dossier),
            quoted(&product)
        )
    };
    let snapshot = product.join(".dossier/cache/state.snapshot");
    let forget = format!("rm -f {}", quoted(&snapshot));
    // An adverse trend is an answer: it ends with 1.
    let asked = |label: &str, ask: &str| Timed { exits: &[0, 1], ..Timed::new(label, line(ask)) };
    let [cold] =
        bench.in_turns(3, false, [asked("anomaly list, no snapshot", "anomaly list").after(forget)])?;
    println!("without a snapshot: {:.2} s, which folds the ledger and checks every signature", cold.wall());
    if !snapshot.is_file() {
        bail!("no snapshot was kept: {}", snapshot.display());
    }
    println!("the snapshot has {} bytes", std::fs::metadata(&snapshot)?.len());
    for ask in LISTS {
        let [warm] = bench.in_turns(5, true, [asked(ask, ask)])?;
        bench.sheet.hold(format!("{ask}, seconds"), vec![warm.wall()], Bound::AtMost(MOST));
    }
    Ok(())
}

/// The product with its history, made once for each build of the binary.
fn history(bench: &Bench) -> Result<PathBuf> {
    let product = bench.work.join("history");
    let made = product.join(".dossier/made");
    let modified = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified());
    if made.is_file() && modified(&made)? > modified(&bench.dossier)? {
        return Ok(product);
    }
    println!("making five years of history");
    let keys = bench.work.join("history-keys");
    for old in [&product, &keys] {
        let _ = std::fs::remove_dir_all(old);
    }
    std::fs::create_dir_all(&product)?;
    git(&product, &["init", "-q", "-b", "main"])?;
    let mut init = Command::new(&bench.dossier);
    init.env("DOSSIER_KEYS", &keys).arg("-C").arg(&product).args([
        "--now",
        BEGUN,
        "init",
        "--name",
        "history",
        "--simulated-clock",
    ]);
    command(&mut init)?;
    git(&product, &["add", "-A"])?;
    git(&product, &["commit", "-q", "-m", "begun"])?;
    commits(&product)?;
    git(&product, &["reset", "-q", "--hard", "main"])?;
    let log = Command::new("git").arg("-C").arg(&product).args(["rev-list", "--reverse", "main"]).output()?;
    let list = product.join(".dossier/commits");
    // The first commit is that of the documents; each other one implements a change.
    let text = String::from_utf8(log.stdout)?;
    std::fs::write(&list, text.lines().skip(1).map(|l| format!("{l}\n")).collect::<String>())?;
    command(Command::new(example("long_history")?).arg(&product).arg(&list))?;
    std::fs::File::create(&made).with_context(|| format!("write {}", made.display()))?;
    Ok(product)
}

fn git(product: &Path, args: &[&str]) -> Result<()> {
    let mut git = Command::new("git");
    git.arg("-C").arg(product).args([
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.org",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    command(git.args(args))
}

/// A thousand requirements and forty items once, then a commit for each change: a source file, and for every twentieth a
/// requirement or the lock file.
fn commits(product: &Path) -> Result<()> {
    let mut import = Command::new("git")
        .arg("-C")
        .arg(product)
        .args(["fast-import", "--quiet", "--force"])
        .stdin(Stdio::piped())
        .spawn()
        .context("start git fast-import")?;
    let mut stream = std::io::BufWriter::new(import.stdin.take().context("the input of git")?);
    for n in 0..COMMITS {
        let message = format!("Change {n}\n\nChange: CR-{}\n", n + 1);
        let time = 1_609_747_200 + n * 52_000;
        writeln!(stream, "commit refs/heads/main\ncommitter bench <bench@example.org> {time} +0000")?;
        write!(stream, "data {}\n{message}", message.len())?;
        if n == 0 {
            writeln!(stream, "from refs/heads/main^0")?;
        }
        file(
            &mut stream,
            &format!("src/unit_{:02}.rs", n % 40),
            &format!("// change {n}\npub fn unit() -> usize {{ {n} }}\n"),
        )?;
        if n % 20 == 0 {
            file(
                &mut stream,
                &format!("dossier/requirements/part-{:02}.md", (n / 20) % 20),
                &requirements((n / 20) % 20, n),
            )?;
        }
        if n % 60 == 0 {
            file(&mut stream, "dossier/architecture/items.md", &items())?;
        }
        writeln!(stream)?;
    }
    stream.flush()?;
    drop(stream);
    if !import.wait()?.success() {
        bail!("git fast-import failed");
    }
    Ok(())
}

fn file(stream: &mut impl std::io::Write, path: &str, text: &str) -> Result<()> {
    write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len())?;
    Ok(())
}

fn requirements(part: usize, change: usize) -> String {
    let mut out = format!("# Requirements, part {part}\n");
    for n in 0..50 {
        let id = part * 50 + n;
        let word = if n == change % 50 { change } else { 0 };
        let _ = write!(
            out,
            "\n## SRS-{id:04} Requirement {id}\n- allocated-to: ITM-{:02}\n- source: the users\n\nThe software shows value {id} of revision {word} within a second.\n",
            id % 40
        );
    }
    out
}

fn items() -> String {
    let mut out = "# Items\n".to_owned();
    for n in 0..40 {
        let _ = write!(
            out,
            "\n## ITM-{n:02} Item {n}\n- paths: src/unit_{n:02}.rs\n\nPart {n} of the software.\n"
        );
    }
    out
}

//! Every list, trend and comparison over a ledger of five years: 20 000 anomalies, 3 000 changes, 50 releases.
//!
//! Whole processes as a person starts them, warm: the first call after the history was made folds it and keeps a snapshot, which is
//! timed by itself and held to nothing. The history is made by the example `long_history` of `app`, always the same.

use super::measure::{Bound, Timed};
use super::{Bench, example, git, quoted};
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

/// Lists, trends and comparisons, as a person types them.
const LISTS: [&str; 45] = [
    "anomaly list",
    "anomaly list 'severity>=major and open and affects ITM-07'",
    "anomaly list 'mentions \"alarm queue\" and age>30d order by reported desc limit 50'",
    "anomaly list --residual-in 3.4.0",
    "anomaly show AN-777",
    "anomaly fielded",
    "anomaly fielded --open",
    "anomaly fielded --release 5.9.0",
    "anomaly addendum 5.9.0",
    "anomaly unresolved 5.9.0",
    "anomaly trend --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by item --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by category --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by version --from 2021-01-01 --to 2025-12-31",
    "anomaly trend --by severity --from 2021-01-01 --to 2025-12-31",
    "anomaly view list",
    "tracker status",
    "change list",
    "change list 'open or not analysed'",
    "change show CR-1500",
    "change commits",
    "change impact CR-1500",
    "complaint list",
    "capa list",
    "feedback list",
    "release list",
    "release diff 3.4.0 3.5.0",
    "release diff 1.0.0 2.0.0",
    "release notes 3.5.0 --since 3.4.0",
    "release notes 3.5.0 --since 3.4.0 --security",
    "trace items",
    "trace chain SRS-0777",
    "trace diff HEAD~400 HEAD",
    "trace impact HEAD~40..HEAD",
    "test list",
    "soup list",
    "soup due",
    "document list",
    "person list",
    "person report",
    "role list",
    "role list --on 2023-06-30",
    "vuln datasets",
    "ledger log --last 200",
    "remind --dry-run",
];

/// What computes verdicts or figures beside a list: shown, and held to nothing here.
const BESIDE: [&str; 5] =
    ["status", "metrics", "metrics --months 12", "ledger log", "ledger audit --since 2025-12-01"];

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
    empty_is_not_listed(bench, &product)?;
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
    for ask in BESIDE {
        let [warm] = bench.in_turns(2, true, [asked(ask, ask)])?;
        println!("{ask}: {:.2} s", warm.wall());
    }
    Ok(())
}

/// A list of nothing is quick and says nothing: the lists that stand for their like have what the history put there.
fn empty_is_not_listed(bench: &Bench, product: &Path) -> Result<()> {
    let least = [
        ("complaint list", "complaints", 2_000),
        ("capa list", "capas", 200),
        ("feedback list", "sources", 4),
        ("soup list", "register", 60),
        ("document list", "documents", 5),
    ];
    for (ask, rows, least) in least {
        let mut command = Command::new(&bench.dossier);
        command.env("DOSSIER_KEYS", bench.work.join("history-keys")).arg("-C").arg(product);
        command.args(["--now", NOW, "--format", "json"]).args(ask.split(' '));
        let said = command.output().with_context(|| format!("run dossier {ask}"))?;
        let value: serde_json::Value =
            serde_json::from_slice(&said.stdout).with_context(|| format!("read what dossier {ask} says"))?;
        let there = value.get(rows).and_then(|r| r.as_array()).map_or(0, Vec::len);
        if there < least {
            bail!("dossier {ask} has {there} {rows}, and not {least}: its figure would say nothing");
        }
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

/// A thousand requirements and forty items once, then a commit for each change: a source file, and for every twentieth a
/// requirement, for every sixtieth the lock file and its register.
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
            file(&mut stream, "dossier/soup/items.md", &soup(n))?;
            file(&mut stream, "Cargo.lock", &lock(n))?;
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

/// How many components the lock file names.
const COMPONENTS: usize = 300;
/// How many of them are items: those that are used directly.
const SOUP: usize = 60;

/// The version of a component after so many changes.
fn component_version(component: usize, change: usize) -> String {
    format!("1.{}.0", (change / 60 + component) / 10)
}

fn soup(change: usize) -> String {
    let mut out = "# Components of others\n".to_owned();
    for n in 0..SOUP {
        let _ = write!(
            out,
            "\n## SOUP-{n:03} component-{n}\n- purl: pkg:cargo/component-{n}\n- supplier: its authors\n- functional: does part {n} of revision {}\n",
            change / 600
        );
    }
    out
}

fn lock(change: usize) -> String {
    let mut out = "version = 4\n".to_owned();
    for n in 0..COMPONENTS {
        let _ = write!(
            out,
            "\n[[package]]\nname = \"component-{n}\"\nversion = \"{}\"\nsource = \"registry+https://example.org/index\"\n",
            component_version(n, change)
        );
    }
    out
}

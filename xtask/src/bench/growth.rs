//! How reading SBOMs and joining the register grow: four times as much takes about four times as long. What grows with the
//! square takes sixteen times; the bound lies between.

use super::measure::{Bound, Timed};
use super::{Bench, example};
use crate::steps::run as command;
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most times as long that four times as much may take.
const FOUR_TIMES: f64 = 6.0;

/// The figures of SBOMs, and of a register.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    sboms(bench)?;
    let folders = [4000, 16_000].map(|n| register(&bench.work, n));
    let [small, large] = folders;
    let [small, large] = [small?, large?].map(|folder| bench.shell(&folder, "soup list > /dev/null"));
    let [small, large] = bench.in_turns(
        5,
        true,
        [Timed::check("register of 4 000 items", small), Timed::check("register of 16 000 items", large)],
    )?;
    bench.sheet.hold(
        "register, four times as much takes",
        vec![large.cpu() / small.cpu()],
        Bound::AtMost(FOUR_TIMES),
    );
    Ok(())
}

/// The example of `soup`: `round 1: SPDX 3 read: 0.0141 s, 0.0586 s, 4.15`.
fn sboms(bench: &mut Bench) -> Result<()> {
    let out = Command::new(example("growth")?).output().context("start example growth")?;
    if !out.status.success() {
        bail!("example growth failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    let text = String::from_utf8_lossy(&out.stdout);
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.split(": ").skip(1);
        let (what, figures) = parts.next().zip(parts.next()).with_context(|| line.to_owned())?;
        let last = figures.rsplit(", ").next().and_then(|f| f.parse().ok());
        times.entry(what).or_default().push(last.with_context(|| line.to_owned())?);
    }
    for (what, times) in times {
        bench.sheet.hold(format!("{what}, four times as much takes"), times, Bound::AtMost(FOUR_TIMES));
    }
    Ok(())
}

/// A product with so many locked packages, and an item for each: by its name, or by the beginning of its name.
fn register(work: &Path, n: usize) -> Result<PathBuf> {
    let folder = work.join(format!("register-{n}"));
    std::fs::create_dir_all(folder.join("dossier")).context("make a folder")?;
    let mut lock =
        String::from(r#"{"name": "bench", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}"#);
    let mut items = String::from("---\ntitle: SOUP items\ndocument: DOC-SOUP\nkind: soup\n---\n");
    for i in 0..n {
        write!(lock, ",\n\"node_modules/@g{i}/c{i}\": {{\"version\": \"1.0.{i}\"}}")?;
        let field = if i % 2 == 0 {
            format!("purl: pkg:npm/%40g{i}/c{i}")
        } else {
            format!("covers: pkg:npm/%40g{i}/*")
        };
        writeln!(items, "\n## SOUP-{i} Component {i}\n- {field}")?;
    }
    lock.push_str("}}\n");
    let toml = "[product]\nname = \"bench\"\n[build]\nlockfiles = [\"package-lock.json\"]\n";
    for (name, text) in
        [("package-lock.json", lock.as_str()), ("dossier/soup.md", &items), ("dossier.toml", toml)]
    {
        std::fs::write(folder.join(name), text).with_context(|| format!("write {name}"))?;
    }
    command(Command::new("git").args(["init", "--quiet"]).arg(&folder))?;
    Ok(folder)
}

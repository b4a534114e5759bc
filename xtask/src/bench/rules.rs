//! `dossier rules time`: what each rule takes on the corpus, and all of them against the whole `check` in the same run.

use super::measure::{Bound, Timed};
use super::{Bench, quoted};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

const SIZE: usize = 10_000;
/// How many of the slowest rules are shown.
const SHOWN: usize = 15;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let n = bench.size.unwrap_or(SIZE);
    let product = bench.product(n)?;
    let out = Command::new(&bench.dossier)
        .current_dir(&product)
        .args(["rules", "time", "--rounds", "7", "--format", "json"])
        .output()
        .context("could not start dossier")?;
    if !out.status.success() {
        bail!("`dossier rules time` failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    let value: serde_json::Value = serde_json::from_slice(&out.stdout).context("no JSON")?;
    let rules = value["rules"].as_array().context("no list of rules")?;
    let micros = |r: &serde_json::Value| r["micros"].as_u64().unwrap_or(0);
    let total: u64 = rules.iter().map(micros).sum();
    for r in rules.iter().take(SHOWN) {
        let name = format!("{} {}", r["rule"].as_str().unwrap_or(""), r["name"].as_str().unwrap_or(""));
        println!("{name:<48} {:>9.3} ms", micros(r) as f64 / 1_000.0);
    }
    println!("{:<48} {:>9.3} ms", format!("all {} rules, one thread", rules.len()), total as f64 / 1_000.0);
    let [check] = bench.in_turns(
        9,
        true,
        [Timed::check(format!("check, {n} items"), bench.shell(&product, "check --format concise"))],
    )?;
    let seconds = total as f64 / 1e6;
    bench.sheet.hold(
        format!("all rules / check, {n} items"),
        vec![seconds / check.wall()],
        Bound::AtMost(1.0),
    );
    let slowest = rules.first().map_or(0.0, |r| micros(r) as f64 / total.max(1) as f64);
    bench.sheet.hold("the slowest rule / all rules", vec![slowest], Bound::AtMost(0.5));
    println!("reproduce one by hand: cd {} && dossier rules time", quoted(&product));
    Ok(())
}

//! The ledger: durable single appends beside raw SQLite commits, and verification.

use super::measure::Bound;
use super::{Bench, example};
use anyhow::{Context as _, Result, bail};
use std::process::Command;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let text = run_example(bench, "append_speed", &[])?;
    // `round 3: ledger 3000 appends/s, raw SQLite 3100 commits/s, 0.97`
    let shares = text.lines().filter(|l| l.starts_with("round"));
    let shares: Vec<f64> = shares.filter_map(|l| l.rsplit(' ').next()?.parse().ok()).collect();
    bench.sheet.hold("single appends / raw SQLite WAL FULL commits", shares, Bound::AtLeast(0.9));
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let text = run_example(bench, "verify_sqlite", &["100000"])?;
        // `verified 100000 entries in 0.500 s of CPU (0.600 s)`
        let line = text.lines().find_map(|l| l.split_once(" entries in ")?.1.split_once(" s of CPU"));
        let line =
            line.or_else(|| text.lines().rev().find_map(|l| l.split_once(" in ")?.1.split_once(" s of CPU")));
        seconds.extend(line.and_then(|(s, _)| s.parse::<f64>().ok()));
    }
    bench.sheet.hold("verifying 100 000 entries, CPU seconds", seconds, Bound::AtMost(1.0));
    Ok(())
}

/// Runs an example of `store` in the release build and returns what it printed.
fn run_example(bench: &Bench, name: &str, args: &[&str]) -> Result<String> {
    let mut run = Command::new(example(name)?);
    let out = run.arg(&bench.work).args(args).output().with_context(|| format!("start example {name}"))?;
    if !out.status.success() {
        bail!("example {name} failed: {}", String::from_utf8_lossy(&out.stderr).trim());
    }
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    print!("{text}");
    Ok(text)
}

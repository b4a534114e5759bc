//! `dossier check`: work tree and commit against the floor, a million results, growth, memory, trlc.

use super::measure::{Bound, Timed};
use super::{Bench, installed, quoted};
use crate::steps::run as command;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

const SIZE: usize = 10_000;
const RESULTS: usize = 1_000_000;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let n = bench.size.unwrap_or(SIZE);
    let product = bench.product(n)?;
    let floor = bench.floor()?;
    let [floor, check, at_head] = bench.in_turns(
        9,
        true,
        [
            Timed::new(
                format!("floor_product, {n} items"),
                format!("{} {}", quoted(&floor), quoted(&product)),
            ),
            Timed::check(format!("check, {n} items"), bench.shell(&product, "check --format concise")),
            Timed::check(
                format!("check --at HEAD, {n} items"),
                bench.shell(&product, "check --at HEAD --format concise"),
            ),
        ],
    )?;
    let sheet = &mut bench.sheet;
    sheet.hold(format!("check / floor, {n} items"), check.times(&floor), Bound::AtMost(6.0));
    sheet.hold(format!("check --at HEAD / floor, {n} items"), at_head.times(&floor), Bound::AtMost(10.0));
    against_trlc(bench, n, &product)?;
    many_results(bench, n)?;
    growth(bench, n * 10, check.cpu())
}

/// The fastest checker of requirements that was found, on the same items.
fn against_trlc(bench: &mut Bench, n: usize, product: &std::path::Path) -> Result<()> {
    if !installed("trlc") {
        bench.sheet.skip("check against trlc: it is not on the path (pip install trlc)");
        return Ok(());
    }
    let corpus = bench.work.join(format!("corpus-{n}"));
    if !corpus.is_dir() {
        let generator = bench.shared.join("gen_corpus.py");
        command(Command::new("python3").arg(generator).args(["--n", &n.to_string(), "--out"]).arg(&corpus))?;
    }
    let [trlc, check] = bench.in_turns(
        5,
        false,
        [
            Timed::new(format!("trlc, {n} items"), format!("trlc {}", quoted(&corpus.join("trlc")))),
            Timed::check(format!("check, {n} items"), bench.shell(product, "check --format concise")),
        ],
    )?;
    bench.sheet.hold(format!("trlc / check, {n} items"), trlc.times(&check), Bound::AtLeast(20.0));
    Ok(())
}

/// Runs with a million results: with what the cache keeps, and without it.
fn many_results(bench: &mut Bench, n: usize) -> Result<()> {
    let product = bench.product_with_results(n, RESULTS)?;
    let line = bench.shell(&product, "check --format concise");
    let cache = quoted(&product.join(".dossier/cache"));
    let [warm] = bench.in_turns(5, true, [Timed::check(format!("check, {RESULTS} results, warm"), &line)])?;
    let cold =
        Timed::check(format!("check, {RESULTS} results, cold"), &line).after(format!("rm -rf {cache}"));
    let [cold] = bench.in_turns(5, false, [cold])?;
    bench.sheet.hold("check with 1 000 000 results, warm, seconds", vec![warm.wall()], Bound::AtMost(1.0));
    bench.sheet.hold("check with 1 000 000 results, cold, seconds", vec![cold.wall()], Bound::AtMost(6.0));
    Ok(())
}

/// Ten times the items: no more than ten times the work, and little memory.
fn growth(bench: &mut Bench, n: usize, tenth: f64) -> Result<()> {
    let product = bench.product(n)?;
    let line = bench.shell(&product, "check --format concise");
    let [check] = bench.in_turns(3, true, [Timed::check(format!("check, {n} items"), line)])?;
    let exponent = (check.cpu() / tenth).log10();
    bench.sheet.hold(
        format!("check, exponent from {} to {n} items (CPU)", n / 10),
        vec![exponent],
        Bound::AtMost(1.05),
    );
    bench.sheet.hold(
        format!("check, {n} items, peak MB"),
        vec![check.peak() * 1.048_576],
        Bound::AtMost(400.0),
    );
    Ok(())
}

impl Bench {
    /// The floor: walk, read, split, resolve links, and nothing else.
    pub(super) fn floor(&self) -> Result<PathBuf> {
        let binary = self.work.join("floor_product");
        let source = self.shared.join("floor_product.rs");
        command(Command::new("rustc").arg("-O").arg(source).arg("-o").arg(&binary))?;
        Ok(binary)
    }
}

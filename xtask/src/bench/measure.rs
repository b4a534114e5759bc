//! Timing whole processes in turns, and the sheet of figures with the targets they are held to.
//!
//! The timer is `bench.py` of the shared folder: wall and CPU seconds, and the peak of resident memory, of one child.
//! It cannot see a peak below its own 15 MiB.

use super::Bench;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::process::Command;

/// A process to time.
pub(super) struct Timed {
    /// Its name on the sheet.
    pub(super) label: String,
    /// A line for `sh -c`.
    pub(super) command: String,
    /// A line for `sh -c` that runs before each run, untimed.
    pub(super) setup: Option<String>,
    /// Exit codes that mean that the work was done: findings are an answer.
    pub(super) exits: &'static [i64],
}

impl Timed {
    /// A command that has to succeed.
    pub(super) fn new(label: impl Into<String>, command: impl Into<String>) -> Timed {
        Timed { label: label.into(), command: command.into(), setup: None, exits: &[0] }
    }

    /// A `dossier check`: exit 1 says that there are findings.
    pub(super) fn check(label: impl Into<String>, command: impl Into<String>) -> Timed {
        Timed { exits: &[0, 1], ..Timed::new(label, command) }
    }

    /// The same with something to do before each run.
    pub(super) fn after(self, setup: impl Into<String>) -> Timed {
        Timed { setup: Some(setup.into()), ..self }
    }
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
struct Sample {
    wall: f64,
    cpu: f64,
    peak: f64,
}

/// All counted runs of a process.
#[derive(Clone, Debug)]
pub(super) struct Series {
    label: String,
    samples: Vec<Sample>,
}

impl Series {
    /// Wall seconds of the middle run.
    pub(super) fn wall(&self) -> f64 {
        median(self.samples.iter().map(|s| s.wall))
    }

    /// CPU seconds of the middle run.
    pub(super) fn cpu(&self) -> f64 {
        median(self.samples.iter().map(|s| s.cpu))
    }

    /// The largest peak in MiB.
    pub(super) fn peak(&self) -> f64 {
        self.samples.iter().map(|s| s.peak).fold(0.0, f64::max)
    }

    /// How many times as long as `other`, run by run.
    pub(super) fn times(&self, other: &Series) -> Vec<f64> {
        self.samples.iter().zip(&other.samples).map(|(a, b)| a.wall / b.wall).collect()
    }

    fn line(&self) -> String {
        let of = |f: fn(&Sample) -> f64| spread(&self.samples.iter().map(f).collect::<Vec<_>>());
        let n = self.samples.len();
        let (wall, cpu) = (of(|s| s.wall), of(|s| s.cpu));
        format!("{:<44} wall {wall} s  cpu {cpu} s  peak {:.0} MiB  n={n}", self.label, self.peak())
    }
}

impl Bench {
    /// Times the processes in turns, `n` rounds after one that is not counted where `warm`, and prints a line for each.
    pub(super) fn in_turns<const K: usize>(
        &self,
        n: usize,
        warm: bool,
        timed: [Timed; K],
    ) -> Result<[Series; K]> {
        let mut all = timed.each_ref().map(|t| Series { label: t.label.clone(), samples: Vec::new() });
        for round in 0..n + usize::from(warm) {
            for (series, t) in all.iter_mut().zip(&timed) {
                let sample = self.once(t).with_context(|| t.label.clone())?;
                if round > 0 || !warm {
                    series.samples.push(sample);
                }
            }
        }
        for series in &all {
            println!("{}", series.line());
        }
        Ok(all)
    }

    fn once(&self, timed: &Timed) -> Result<Sample> {
        let json = self.work.join("sample.json");
        let _ = std::fs::remove_file(&json);
        let mut timer = Command::new("python3");
        timer.arg(self.shared.join("bench.py")).args(["-n", "1", "--warmup", "0", "--timeout", "900"]);
        timer.arg("--json").arg(&json);
        if let Some(setup) = &timed.setup {
            timer.args(["--setup", setup]);
        }
        let out = timer.args(["--", &timed.command]).output().context("could not start python3")?;
        if !out.status.success() {
            bail!("the timer failed: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        let text = std::fs::read_to_string(&json).context("the timer wrote nothing")?;
        let value: Value = serde_json::from_str(&text).context("the timer wrote no JSON")?;
        let exit = value["exit"][0].as_i64();
        if !exit.is_some_and(|e| timed.exits.contains(&e)) {
            bail!("`{}` ended with {exit:?}", timed.command);
        }
        let of = |name: &str| value[name][1].as_f64().with_context(|| format!("the timer gave no {name}"));
        Ok(Sample { wall: of("wall_s")?, cpu: of("cpu_s")?, peak: of("peak_mib")? })
    }
}

/// A bound on a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// The figures with their targets, in the order in which they were measured.
#[derive(Default)]
pub(super) struct Sheet {
    rows: Vec<(String, Vec<f64>, Bound)>,
    skipped: Vec<String>,
}

impl Sheet {
    /// Holds the middle of `values` to `bound`.
    pub(super) fn hold(&mut self, what: impl Into<String>, values: Vec<f64>, bound: Bound) {
        self.rows.push((what.into(), values, bound));
    }

    /// Says that something was not measured, and why; it stands on the sheet too.
    pub(super) fn skip(&mut self, what: impl Into<String>) {
        let what = what.into();
        println!("skipped: {what}");
        self.skipped.push(what);
    }

    /// All figures: min/median/max, the target, whether it is reached.
    pub(super) fn print(&self) {
        println!("\n{:<60} {:>22} {:>10}", "figure", "min/median/max", "target");
        for (what, values, bound) in &self.rows {
            let target = match bound {
                Bound::AtMost(n) => format!("≤ {n}"),
                Bound::AtLeast(n) => format!("≥ {n}"),
            };
            let verdict = if reached(values, *bound) { "reached" } else { "MISSED" };
            println!("{what:<60} {:>22} {target:>10}  {verdict}", spread(values));
        }
        for what in &self.skipped {
            println!("skipped: {what}");
        }
        let missed = self.rows.iter().filter(|(_, v, b)| !reached(v, *b)).count();
        println!("{} figures, {missed} missed, {} skipped", self.rows.len(), self.skipped.len());
    }
}

fn reached(values: &[f64], bound: Bound) -> bool {
    let middle = median(values.iter().copied());
    match bound {
        Bound::AtMost(n) => middle <= n,
        Bound::AtLeast(n) => middle >= n,
    }
}

/// The middle value; of an even number the upper of the two.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn spread(values: &[f64]) -> String {
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let middle = median(values.iter().copied());
    let digits = if middle < 1.0 { 3 } else { 2 };
    if values.len() == 1 {
        return format!("{middle:.digits$}");
    }
    format!("{min:.digits$}/{middle:.digits$}/{max:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_runs_is_held_to_the_target() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert!(median(std::iter::empty()).is_nan());
        assert_eq!(spread(&[0.3, 0.1, 0.2]), "0.100/0.200/0.300");
        assert!(reached(&[1.0, 2.0, 9.0], Bound::AtMost(2.0)) && !reached(&[1.0], Bound::AtLeast(1.1)));
        assert!(!reached(&[], Bound::AtMost(1.0)), "nothing measured is nothing reached");
    }
}

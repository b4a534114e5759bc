//! Running steps one after the other, with the minutes that each took.

use anyhow::{Context as _, Result, bail};
use std::process::Command;
use std::time::Instant;

/// Named steps with their durations.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, f64)>,
}

impl Steps {
    /// Runs `work`, printing its name before and its minutes after.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("── {name}");
        let start = Instant::now();
        let outcome = work();
        let minutes = start.elapsed().as_secs_f64() / 60.0;
        self.done.push((name.to_owned(), minutes));
        println!("── {name}: {minutes:.1} min");
        outcome.with_context(|| format!("step `{name}` failed"))
    }

    /// The table of minutes.
    pub(crate) fn print(&self) {
        println!("\nminutes per step");
        for (name, minutes) in &self.done {
            println!("{minutes:6.1}  {name}");
        }
        println!("{:6.1}  in all", self.done.iter().map(|(_, m)| m).sum::<f64>());
    }
}

/// Runs a program and fails with its command line when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

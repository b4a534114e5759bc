//! `cargo xtask test`: everything that has to hold before a change lands.

use crate::steps::{self, Steps};
use crate::{browser, demo, dependencies, eval_review, fuzz, generate, prerequisites, root, schemas, tidy};
use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Runs all steps; stops at the first that fails.
pub(crate) fn run(all: bool) -> Result<()> {
    let mut steps = Steps::default();
    let outcome = (|| {
        steps.run("prerequisites", || {
            prerequisites::ensure(prerequisites::TOOLS)?;
            schemas::ensure()
        })?;
        steps.run("formatting", || steps::run(cargo().args(["fmt", "--all", "--check"])))?;
        steps.run("tidy", tidy::run)?;
        steps.run("what comes from outside", dependencies::run)?;
        let mut counts = Counts::default();
        steps.run("build, lints and tests", || counts.run_workspace())?;
        // The programs are those that their end-to-end tests were built with: building them alone would choose other
        // features of the dependencies, and compile most of them again.
        steps.run("generated pages", || generate::pages(true))?;
        steps.run("dossier's own dossier", own_dossier)?;
        steps.run("the main job end to end", || demo::play().map(|_| ()))?;
        steps.run("the pages in a browser", || browser::look(None))?;
        steps.run("the clause review on labelled documents", || eval_review::run(&[]))?;
        steps.run("fuzzing", fuzz::all)?;
        counts.print(all);
        Ok(())
    })();
    steps.print();
    outcome
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// With clippy as the compiler of the workspace's own crates and its warnings as errors. Tests and binaries are built
/// the same way, so that nothing is compiled twice.
fn as_clippy(command: &mut Command) -> &mut Command {
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__")
}

/// The product passes its own check: documents only, since it has no ledger yet.
fn own_dossier() -> Result<()> {
    let mut check = Command::new(generate::dossier()?);
    let out =
        check.current_dir(root()).args(["check", "--documents-only", "--format", "concise"]).output()?;
    let (findings, summary) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if !out.status.success() {
        bail!(
            "{findings}{summary}
dossier check --documents-only ended with {}",
            out.status
        );
    }
    println!("{}", summary.trim());
    Ok(())
}

/// Tests by outcome, over all test binaries.
#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    /// One build serves lints and tests.
    fn run_workspace(&mut self) -> Result<()> {
        let mut child = as_clippy(&mut cargo())
            .args(["test", "--workspace", "--locked", "--no-fail-fast"])
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start cargo test")?;
        let out = child.stdout.take().context("cargo test has no output")?;
        for line in BufReader::new(out).lines() {
            let line = line?;
            self.count(&line);
            println!("{line}");
        }
        if !child.wait()?.success() {
            bail!("cargo test failed");
        }
        if self.passed == 0 {
            bail!("no test ran");
        }
        Ok(())
    }

    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn count(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result:") else { return };
        for part in rest.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(n), Some(what)) = (words.next().and_then(|n| n.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            match what {
                "passed" => self.passed += n,
                "failed" => self.failed += n,
                "ignored" => self.skipped += n,
                _ => {}
            }
        }
    }

    fn print(&mut self, all: bool) {
        if !all {
            println!("skipped: tests against slow servers (cargo xtask test --all)");
            self.skipped += 1;
        }
        println!("\n{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped);
    }
}

//! `cargo xtask fuzz`: every parser against its committed seeds, then against bytes that nobody thought of.
//!
//! Works with the stable compiler: coverage comes from `sancov`, no sanitizer is linked (there is no `unsafe` to watch).
//! Which parser has which target stands in `fuzz/Cargo.toml`, and `tidy` compares that with the code (`parsers`).

use crate::{root, steps};
use anyhow::{Context as _, Result, bail};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;

/// What `cargo xtask test` gives each target.
pub(crate) const SECONDS: u64 = 20;
/// So many run side by side: CI has two cores, and while one target ends another begins.
const SIDE_BY_SIDE: usize = 3;
/// The flags with which cargo-fuzz instruments code, without those of a sanitizer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// `cargo xtask fuzz [TARGET…] [--seconds N]`
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut seconds = SECONDS;
    let mut wanted = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let n = args.next().context("--seconds needs a number")?;
                seconds = n.parse().with_context(|| format!("`{n}` is no number of seconds"))?;
            }
            name => wanted.push(name.to_owned()),
        }
    }
    let all = targets()?;
    if let Some(unknown) = wanted.iter().find(|w| !all.contains(w)) {
        bail!("there is no fuzz target `{unknown}`; there are: {}", all.join(", "));
    }
    each(if wanted.is_empty() { all } else { wanted }, seconds)
}

/// All targets, for as long each as CI can afford.
pub(crate) fn all() -> Result<()> {
    each(targets()?, SECONDS)
}

/// The names of the files in `fuzz/fuzz_targets`.
pub(crate) fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for file in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        if let (Some(stem), Some("rs")) = (path.file_stem(), path.extension().and_then(|e| e.to_str())) {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Builds all targets, then runs these.
fn each(names: Vec<String>, seconds: u64) -> Result<()> {
    let host = host()?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .current_dir(root().join("fuzz"))
        // With a target named, build scripts and procedural macros are not instrumented.
        .args(["build", "--locked", "--quiet", "--bins", "--target", &host, "--target-dir"])
        .arg(folder())
        .env("RUSTFLAGS", FLAGS)
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    steps::run(&mut build)?;
    let programs = folder().join(&host).join("debug");
    let count = names.len();
    let queue = Mutex::new(VecDeque::from(names));
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(name) = next(&queue) {
                    let ran = one(&programs, &name, seconds);
                    if let Ok(mut done) = done.lock() {
                        done.push((name, ran));
                    }
                }
            });
        }
    });
    report(done.into_inner().unwrap_or_default(), count)
}

fn next(queue: &Mutex<VecDeque<String>>) -> Option<String> {
    queue.lock().ok()?.pop_front()
}

/// What one target did.
struct Ran {
    seeds: usize,
    runs: u64,
    coverage: u64,
}

/// Runs one target from its seeds. New inputs go to `target/fuzz/corpus` and never among the committed ones.
fn one(programs: &Path, name: &str, seconds: u64) -> Result<Ran> {
    let seeds = root().join("fuzz/seeds").join(name);
    let count = std::fs::read_dir(&seeds).with_context(|| seeds.display().to_string())?.count();
    if count == 0 {
        bail!("{} is empty", seeds.display());
    }
    let (corpus, found) = (folder().join("corpus").join(name), folder().join("found").join(name));
    std::fs::create_dir_all(&corpus)?;
    std::fs::create_dir_all(&found)?;
    let log = folder().join(format!("{name}.log"));
    let said = File::create(&log).with_context(|| log.display().to_string())?;
    let mut child: Child = Command::new(programs.join(name))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .args([&corpus, &seeds])
        .stdout(said.try_clone()?)
        .stderr(said)
        .spawn()
        .with_context(|| format!("could not start the fuzz target {name}"))?;
    let status = child.wait()?;
    let text = std::fs::read(&log)?;
    let text = String::from_utf8_lossy(&text);
    if !status.success() {
        let tail: Vec<&str> = text.lines().rev().take(40).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        bail!(
            "{name} ended with {status}; the input lies in {}\n\n{}\n\nonce it is mended, keep the input: mv {}/… fuzz/seeds/{name}/",
            found.display(),
            tail.join("\n"),
            found.display()
        );
    }
    Ok(Ran {
        seeds: count,
        runs: figure(&text, "stat::number_of_executed_units:")?,
        coverage: coverage(&text),
    })
}

/// `stat::number_of_executed_units: 123`
fn figure(text: &str, key: &str) -> Result<u64> {
    let value = text.lines().rev().find_map(|l| l.strip_prefix(key));
    value.and_then(|v| v.trim().parse().ok()).with_context(|| format!("the fuzz target did not say `{key}`"))
}

/// The last `cov: 123` of the log.
fn coverage(text: &str) -> u64 {
    let last = text.lines().rev().find_map(|l| l.split_once(" cov: "));
    last.and_then(|(_, rest)| rest.split(' ').next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn report(mut done: Vec<(String, Result<Ran>)>, count: usize) -> Result<()> {
    done.sort_by(|a, b| a.0.cmp(&b.0));
    let mut wrong = String::new();
    println!("{:<20} {:>6} {:>12} {:>9}", "fuzz target", "seeds", "inputs tried", "branches");
    for (name, ran) in &done {
        match ran {
            Ok(r) => println!("{name:<20} {:>6} {:>12} {:>9}", r.seeds, r.runs, r.coverage),
            Err(e) => {
                println!("{name:<20} FAILED");
                let _ = writeln!(wrong, "{e:#}\n");
            }
        }
    }
    if done.len() != count {
        bail!("{} of {count} fuzz targets ran", done.len());
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{wrong}") }
}

/// Programs, logs, growing corpora and what was found.
fn folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join("fuzz")
}

/// The triple of this machine.
fn host() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("could not start rustc")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let host = text.lines().find_map(|l| l.strip_prefix("host: ")).map(str::to_owned);
    host.context("rustc does not name its host")
}

//! `cargo xtask bench`: whole processes of the release build beside peers and floors, in one run.
//!
//! Machines differ and are shared, so no absolute time is a target except where the issue names one: what counts is the
//! ratio of two processes that took turns. Corpora, floors and the timer lie outside this repository, in
//! `../shared/bench`; where that folder or a peer is absent, the figure is skipped aloud.

mod advisories;
mod archive;
mod check;
mod growth;
mod ledger;
mod lists;
mod matrix;
mod measure;
mod pdf;
mod product;
mod published;
mod review;
mod rules;
mod sets;
mod soup;

use crate::root;
use crate::steps::run as command;
use anyhow::{Context as _, Result, bail};
use measure::Sheet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The areas, in the order in which they are measured.
const AREAS: [&str; 10] =
    ["check", "rules", "matrix", "archive", "ledger", "lists", "soup", "advisories", "review", "pdf"];

/// Where things are, and what was measured so far.
pub(crate) struct Bench {
    /// Corpora, floors and the timer.
    shared: PathBuf,
    /// Corpora and archives made here; may be deleted at any time.
    work: PathBuf,
    /// The product's binary.
    dossier: PathBuf,
    /// Items of the corpus; the area's default where none was asked for.
    size: Option<usize>,
    sheet: Sheet,
}

/// Runs the areas named, or all.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let (areas, size) = parse(args)?;
    let shared = root().join("../shared/bench");
    if !shared.join("bench.py").is_file() {
        bail!(
            "the corpora and the timer are not here: {} does not exist\n\
             they are kept beside this repository, not in it; nothing was measured",
            shared.display()
        );
    }
    build()?;
    let target = target_dir();
    let work = target.join("bench");
    std::fs::create_dir_all(&work).with_context(|| format!("make {}", work.display()))?;
    let (shared, work) = (shared.canonicalize()?, work.canonicalize()?);
    let dossier = target.join("release/dossier").canonicalize().context("the release build of dossier")?;
    let mut bench = Bench { shared, work, dossier, size, sheet: Sheet::default() };
    for area in areas {
        println!("── {area}");
        match area {
            "check" => check::run(&mut bench)?,
            "rules" => rules::run(&mut bench)?,
            "matrix" => matrix::run(&mut bench)?,
            "advisories" => advisories::run(&mut bench)?,
            "archive" => archive::run(&mut bench)?,
            "lists" => lists::run(&mut bench)?,
            "soup" => soup::run(&mut bench)?,
            "review" => review::run(&mut bench)?,
            "pdf" => pdf::run(&mut bench)?,
            _ => ledger::run(&mut bench)?,
        }
    }
    bench.sheet.print();
    Ok(())
}

fn parse(args: &[String]) -> Result<(Vec<&'static str>, Option<usize>)> {
    let (mut areas, mut size) = (Vec::new(), None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--size" {
            let n = args.next().context("--size needs a number of items")?;
            size = Some(n.parse().with_context(|| format!("`{n}` is no number of items"))?);
        } else if let Some(area) = AREAS.into_iter().find(|a| a == arg) {
            areas.push(area);
        } else {
            bail!("no such area `{arg}`: one of {}", AREAS.join(", "));
        }
    }
    Ok((if areas.is_empty() { AREAS.to_vec() } else { areas }, size))
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// What is measured is what is delivered: the optimised build.
fn build() -> Result<()> {
    println!("── build (release)");
    // The whole workspace, as it is delivered: naming packages would choose other features and compile a good part again.
    command(cargo().args(["build", "--release", "--locked", "--bins"]))
}

/// Builds an example in the release build, and where it is.
fn example(name: &str) -> Result<PathBuf> {
    // Of the whole workspace, as everything here: alone its package would choose other features, and compile most again.
    command(cargo().args(["build", "--quiet", "--release", "--locked", "--workspace", "--example", name]))?;
    let built = target_dir().join("release/examples").join(name);
    built.canonicalize().with_context(|| format!("the example {}", built.display()))
}

fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Git in a folder made here, as nobody in particular and without the hooks of this machine.
fn git(folder: &Path, args: &[&str]) -> Result<()> {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args([
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.org",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    command(git.args(args))
}

/// Whether a program is on the path.
fn installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|paths| std::env::split_paths(&paths).any(|p| p.join(program).is_file()))
}

/// A path as a word of a shell command.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_areas_and_a_size() {
        let parse = |text: &str| parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(parse("").unwrap(), (AREAS.to_vec(), None));
        assert_eq!(parse("archive --size 500 check").unwrap(), (vec!["archive", "check"], Some(500)));
        for bad in ["chek", "--size", "--size many"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_quote_in_a_path_stays_one_word() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}

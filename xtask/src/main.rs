//! Demo, test, bench, generate, tidy: what a developer and CI run.
//!
//! It is not part of the product: nothing in `crates/` knows it, and it drives the product only through its binaries.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to a terminal")]

mod bench;
mod browser;
mod demo;
mod dependencies;
mod eval_review;
mod fuzz;
mod generate;
mod known_vulnerabilities;
mod parsers;
mod prerequisites;
mod schemas;
mod steps;
mod test;
mod tidy;
mod validation;

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

const HELP: &str = "\
cargo xtask demo [--no-serve] [--faults]   the main job end to end on examples/triage, then the web page
cargo xtask test [--all]                   formatting, lints, tidy, all tests; --all adds slow servers
cargo xtask bench [AREA…] [--size N]        check, matrix, archive, ledger, lists: release build beside peers and floors
cargo xtask dependencies                    licences, sources and reasons of what comes from outside
cargo xtask dependencies --advisories [ZIP…]   the locked packages in the advisories of the day, or of these data sets
cargo xtask fuzz [TARGET…] [--seconds N]    every parser against its seeds, then against strange bytes
cargo xtask browser [--keep DIR]            every page of the demo in a real browser; --keep leaves the pictures
cargo xtask generate [--check]             docs/generated from what the binary knows
cargo xtask eval-review [--misses] [--publish]   how often the clause review is right on review/eval
cargo xtask validation                     docs/validation from dossier's own documents
cargo xtask tidy                           module heads, crate edges, forbidden words
";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    std::env::set_current_dir(root())?;
    match args.first().map(String::as_str) {
        Some("demo") if args.iter().any(|a| a == "--faults") => demo::faults(),
        Some("demo") => demo::run(!args.iter().any(|a| a == "--no-serve")),
        Some("test") => test::run(args.iter().any(|a| a == "--all")),
        Some("bench") => bench::run(args.get(1..).unwrap_or_default()),
        Some("eval-review") => eval_review::run(args.get(1..).unwrap_or_default()),
        Some("dependencies") if args.get(1).is_some_and(|a| a == "--advisories") => {
            known_vulnerabilities::run(args.get(2..).unwrap_or_default())
        }
        Some("dependencies") => dependencies::run(),
        Some("fuzz") => fuzz::run(args.get(1..).unwrap_or_default()),
        Some("browser") => browser::run(args.get(1..).unwrap_or_default()),
        Some("generate") => generate::run(args.iter().any(|a| a == "--check")),
        Some("tidy") => tidy::run(),
        Some("validation") => validation::run(),
        Some("help" | "--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("no such task `{other}`\n\n{HELP}"),
    }
}

/// The workspace's root: the folder above this package.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

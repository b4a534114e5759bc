//! `cargo xtask eval-review`: how often the clause review is right on the labelled set of `review/eval`.

use crate::steps::run as command;
use anyhow::Result;
use std::process::Command;

/// Measures the tuning parts and the test parts; these are compared with the published figures.
pub(crate) fn run(args: &[String]) -> Result<()> {
    for part in ["tune", "tune2", "tune3", "tune4", "tune5", "test", "test2", "test3"] {
        println!("── {part}");
        let mut cargo = Command::new("cargo");
        cargo.args(["run", "--quiet", "-p", "review", "--example", "evaluate", "--", "review/eval", part]);
        if !part.starts_with("tune") {
            // A figure that fell is a fault; one that is to be published is written first.
            cargo.args(args.iter().filter(|a| *a != "--misses"));
            if !args.iter().any(|a| a == "--publish") {
                cargo.arg("--check");
            }
        }
        cargo.args(args.iter().filter(|a| *a == "--misses"));
        command(&mut cargo)?;
    }
    Ok(())
}

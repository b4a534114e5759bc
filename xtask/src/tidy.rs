//! `cargo xtask tidy`: what a compiler does not check about the house.

use crate::{parsers, root};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

type Edges = BTreeMap<String, BTreeSet<String>>;

/// Runs all checks and reports every fault, not only the first.
pub(crate) fn run() -> Result<()> {
    let mut faults = Vec::new();
    faults.extend(edges()?);
    faults.extend(parsers::faults()?);
    for file in tracked_files()? {
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        faults.extend(file_faults(&file, &text));
    }
    if faults.is_empty() {
        println!("tidy: no fault");
        return Ok(());
    }
    for f in &faults {
        println!("{f}");
    }
    bail!("{} faults", faults.len())
}

/// The table of allowed edges in ARCHITECTURE.md against what the manifests say.
fn edges() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).context("ARCHITECTURE.md")?;
    let allowed = edges_of_table(&text);
    let real = edges_of_workspace()?;
    let mut faults = Vec::new();
    for (from, to) in &real {
        let Some(ok) = allowed.get(from) else {
            faults.push(format!("ARCHITECTURE.md: crate `{from}` is not in the table of edges"));
            continue;
        };
        for t in to.difference(ok) {
            faults.push(format!(
                "crates/{from}/Cargo.toml: the edge {from} -> {t} is not allowed by ARCHITECTURE.md"
            ));
        }
    }
    for name in allowed.keys().filter(|n| !real.contains_key(*n)) {
        if !text.contains(&format!("| `{name}` (later)")) {
            faults.push(format!(
                "ARCHITECTURE.md: crate `{name}` stands in the table and not in the workspace"
            ));
        }
    }
    Ok(faults)
}

/// Reads rows such as ``| `rules` | what it holds | diagnostics, clauses |``.
fn edges_of_table(text: &str) -> Edges {
    let mut out = Edges::new();
    for line in text.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (Some(name), Some(imports)) = (cells.get(1), cells.get(3)) else { continue };
        let name = name.trim_start_matches('`').split('`').next().unwrap_or_default();
        let imports = imports.split(',').map(str::trim).filter(|s| !s.is_empty() && *s != "-");
        out.insert(name.to_owned(), imports.map(str::to_owned).collect());
    }
    out
}

fn edges_of_workspace() -> Result<Edges> {
    let out = Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    let meta: Value = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let packages = meta["packages"].as_array().context("cargo metadata names no packages")?;
    let names: BTreeSet<&str> =
        packages.iter().filter_map(|p| p["name"].as_str()).filter(|n| *n != "xtask").collect();
    let mut edges = Edges::new();
    for p in packages {
        let Some(name) = p["name"].as_str().filter(|n| names.contains(n)) else { continue };
        // Edges of tests point the same way as all others; those of build scripts count.
        let to = p["dependencies"].as_array().into_iter().flatten().filter(|d| d["kind"] != "dev");
        let to = to.filter_map(|d| d["name"].as_str()).filter(|d| names.contains(d)).map(str::to_owned);
        edges.insert(name.to_owned(), to.collect());
    }
    Ok(edges)
}

fn tracked_files() -> Result<Vec<String>> {
    let out = Command::new("git").args(["ls-files", "-z"]).output()?;
    Ok(String::from_utf8_lossy(&out.stdout)
        .split('\0')
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Longer files are a smell; past this they are a fault.
const LINES_MAX: usize = 800;

fn file_faults(file: &str, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let is_rust = Path::new(file).extension().is_some_and(|e| e == "rs");
    if is_rust && !file.starts_with("examples/") {
        if !text.trim_start_matches("#![no_main]\n").starts_with("//!") {
            out.push(format!("{file}:1: does not begin with `//!` and what the file is"));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            out.push(format!("{file}: {lines} lines; split it by what its parts are about"));
        }
    }
    // Spelled in two halves, so that this file does not find itself.
    for (half, other) in [("/ro", "ot/"), ("/wor", "k/"), ("todo", "!("), ("is compl", "iant")] {
        let word = format!("{half}{other}");
        for (i, line) in text.lines().enumerate().filter(|(_, l)| l.contains(&word)) {
            if !line.contains("tidy: allow") {
                out.push(format!("{file}:{}: `{word}` has no place here", i + 1));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_edges_is_read() {
        let edges = edges_of_table("| `a` | holds | - |\n| `b` | holds, much | a, c |\n| x | y |\n");
        assert_eq!(edges["a"].len(), 0);
        assert_eq!(edges["b"].iter().map(String::as_str).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn the_manifests_keep_to_the_table() {
        assert_eq!(edges().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_file_without_head_is_named() {
        assert_eq!(file_faults("crates/a/src/x.rs", "fn x() {}\n").len(), 1);
        assert!(file_faults("crates/a/src/x.rs", "//! X.\nfn x() {}\n").is_empty());
    }
}

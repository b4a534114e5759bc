//! `cargo xtask demo --faults`: twelve seeded faults in the example's code; each has to make a linked test fail.

use super::text;
use crate::root;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    id: String,
    patch: String,
    title: String,
    requirement: String,
    test: String,
}

/// Applies each patch to a copy of the example, runs its tests, and demands that the named test fails.
pub(crate) fn run() -> Result<()> {
    let folder = root().join("examples/triage-history/faults");
    let faults: Faults = toml::from_str(&text(&folder.join("faults.toml"))?).context("faults.toml")?;
    let copy = root().join("target/demo-faults");
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(&copy)?;
    shell(&root(), &format!("git archive --format=tar HEAD examples/triage | tar -x -C {}", copy.display()))?;
    let product = copy.join("examples/triage");
    let mut missed = Vec::new();
    for f in &faults.fault {
        shell(&product, &format!("patch -s -p1 < {}", folder.join(&f.patch).display()))?;
        let found = fails(&product, &f.test)?;
        println!("{} {} {}: {}", if found { "●" } else { "▲" }, f.id, f.requirement, f.title);
        if !found {
            missed.push(f.id.clone());
        }
        shell(&product, &format!("patch -s -R -p1 < {}", folder.join(&f.patch).display()))?;
    }
    if missed.is_empty() {
        println!(
            "{} of {} seeded faults were found by a linked test",
            faults.fault.len(),
            faults.fault.len()
        );
        return Ok(());
    }
    bail!("not found: {}", missed.join(", "))
}

/// Whether the test of that full name (`package::path`) fails.
fn fails(product: &Path, test: &str) -> Result<bool> {
    let (package, path) = test.split_once("::").with_context(|| format!("`{test}` is no full test name"))?;
    // Integration and system tests carry the name of their binary first.
    let (binary, path) = match path.split_once("::") {
        Some(("integration", rest)) => (vec!["--test", "integration"], rest),
        Some(("system", rest)) => (vec!["--test", "system"], rest),
        _ => (vec!["--lib"], path),
    };
    let mut c = Command::new("cargo");
    c.current_dir(product)
        .args(["test", "--locked", "-q", "-p", package])
        .args(binary)
        .args(["--", "--exact", path]);
    c.env("CARGO_TARGET_DIR", root().join("target/demo-faults/target"));
    let out = c.stdin(Stdio::null()).output().context("could not start cargo")?;
    let text = String::from_utf8_lossy(&out.stdout);
    if text.contains(" 0 failed") && text.contains("0 passed") {
        bail!("no test of the name `{test}` ran");
    }
    Ok(!out.status.success() && text.contains("1 failed"))
}

fn shell(folder: &Path, line: &str) -> Result<()> {
    let status = Command::new("bash").args(["-o", "pipefail", "-c", line]).current_dir(folder).status()?;
    if status.success() { Ok(()) } else { bail!("`{line}` ended with {status}") }
}

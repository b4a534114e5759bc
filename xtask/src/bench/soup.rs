//! SBOMs: how the work grows; from lock files: the lock alone beside reading it and cargo-cyclonedx, resolved features beside `cargo metadata`, a
//! package-lock beside `npm sbom` and cdxgen; where sets of components differ, what differs is printed by name.
//!
//! The Cargo workspace is that of a published program, or the one that `DOSSIER_BENCH_WORKSPACE` names (its crates are to be
//! fetched). The package-lock.json is made once, as of a day, from packages that are named here, or the one that
//! `DOSSIER_BENCH_PACKAGE_LOCK` names.

use super::measure::{Bound, Timed};
use super::sets::explain;
use super::{Bench, installed, published, quoted};
use crate::steps::run as command;
use anyhow::{Context as _, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most seconds that the issue gives an SBOM from the lock alone.
const LOCK_MOST: f64 = 0.03;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    super::growth::run(bench)?;
    cargo_workspace(bench)?;
    let lock = match std::env::var_os("DOSSIER_BENCH_PACKAGE_LOCK") {
        Some(lock) => Some(PathBuf::from(lock)),
        None => locked_by_npm(bench)?,
    };
    match lock {
        Some(lock) => package_lock(bench, &lock),
        None => Ok(()),
    }
}

/// A package.json whose lock has the 1 705 entries of the issue, with what it needs beneath as it was on a day.
const PACKAGE_JSON: &str = r#"{"name": "bench", "version": "1.0.0", "private": true,
  "dependencies": {"react-scripts": "5.0.1", "react": "18.3.1", "react-dom": "18.3.1", "formik": "2.4.6"},
  "devDependencies": {"gulp": "4.0.2"}}
"#;
const AS_OF: &str = "2026-01-01";
const ENTRIES: usize = 1705;

/// Lets npm resolve it, once for a folder of work; nothing where there is no npm or it does not reach a registry.
fn locked_by_npm(bench: &mut Bench) -> Result<Option<PathBuf>> {
    let folder = bench.work.join("package-lock");
    let (lock, manifest) = (folder.join("package-lock.json"), folder.join("package.json"));
    if !std::fs::read_to_string(&manifest).is_ok_and(|made| made == PACKAGE_JSON) {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).context("make a folder")?;
        std::fs::write(&manifest, PACKAGE_JSON).context("write package.json")?;
    }
    let npm = || {
        let mut npm = Command::new("npm");
        npm.args(["install", "--package-lock-only", "--no-audit", "--no-fund", "--before", AS_OF]);
        npm.current_dir(&folder).output().is_ok_and(|done| done.status.success())
    };
    if lock.is_file() || npm() && lock.is_file() {
        let text = std::fs::read_to_string(&lock).context("read package-lock.json")?;
        let entries = locked_packages(&text)?.0;
        if entries != ENTRIES {
            bail!("npm resolved {entries} entries of a package-lock.json, not {ENTRIES}");
        }
        return Ok(Some(lock));
    }
    bench
        .sheet
        .skip("a package-lock.json: npm did not resolve one; DOSSIER_BENCH_PACKAGE_LOCK names another");
    Ok(None)
}

/// A product of its own in a folder: below this repository it would be a part of this one.
fn begin(folder: &Path, lock: &str) -> Result<()> {
    let toml = format!("[product]\nname = \"bench\"\n[build]\nlockfiles = [\"{lock}\"]\n");
    std::fs::write(folder.join("dossier.toml"), toml).context("write dossier.toml")?;
    command(Command::new("git").args(["init", "--quiet"]).arg(folder))
}

/// A product that is nothing but this lock file.
fn product(bench: &Bench, folder: &Path, lock: &str) -> Result<()> {
    begin(folder, lock)?;
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
    if lock == "package-lock.json" {
        let text = std::fs::read_to_string(folder.join(lock)).context("read package-lock.json")?;
        let (entries, packages) = locked_packages(&text)?;
        println!("  {lock}: {entries} entries, {} packages by name and version", packages.len());
        let have = components(&done.stdout)?;
        if let Some(missing) = packages.difference(&names(&have)).next() {
            bail!("the SBOM has not {missing}");
        }
    }
    Ok(())
}

/// How many entries a package-lock.json has, and its packages by package URL, links and the product itself left out.
fn locked_packages(text: &str) -> Result<(usize, BTreeSet<String>)> {
    let lock: serde_json::Value = serde_json::from_str(text).context("package-lock.json")?;
    let entries = lock["packages"].as_object().context("package-lock.json has no `packages`")?;
    let others = entries.iter().filter(|(path, entry)| !path.is_empty() && entry["link"] != true);
    let packages = others.filter_map(|(path, entry)| {
        let name = entry["name"].as_str().or_else(|| path.rsplit("node_modules/").next())?;
        Some(format!("pkg:npm/{name}@{}", entry["version"].as_str()?))
    });
    Ok((entries.len().saturating_sub(1), packages.collect()))
}

fn cargo_workspace(bench: &mut Bench) -> Result<()> {
    let workspace = match std::env::var_os("DOSSIER_BENCH_WORKSPACE") {
        Some(workspace) => Some(PathBuf::from(workspace)),
        None => published::workspace(bench)?,
    };
    let Some(workspace) = workspace else { return Ok(()) };
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
    begin(&resolved, &workspace.canonicalize()?.join("Cargo.lock").display().to_string())?;
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
    cargo_cyclonedx(bench, &workspace, &resolved)
}

/// cargo-cyclonedx writes beside each manifest, so it works on a copy of what is committed.
fn cargo_cyclonedx(bench: &mut Bench, workspace: &Path, resolved: &Path) -> Result<()> {
    if !installed("cargo-cyclonedx") {
        bench.sheet.skip("SBOM of the workspace by cargo-cyclonedx: cargo install --locked cargo-cyclonedx");
        return Ok(());
    }
    let copy = bench.work.join("sbom-cargo-cyclonedx");
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(&copy).context("make a folder")?;
    let archive = format!(
        "git -C {} archive HEAD | tar -x -C {} && cp {} {}",
        quoted(workspace),
        quoted(&copy),
        quoted(&workspace.join("Cargo.lock")),
        quoted(&copy)
    );
    command(Command::new("sh").args(["-c", &archive]))?;
    let line = |name: &str| {
        let copy = quoted(&copy);
        format!("cd {copy} && CARGO_NET_OFFLINE=true cargo cyclonedx -f json --override-filename {name} -q")
    };
    let from_lock = bench.shell(&bench.work.join("sbom-cargo"), "soup sbom > /dev/null");
    let [ours, theirs] = bench.in_turns(
        5,
        true,
        [Timed::new("SBOM from Cargo.lock", from_lock), Timed::new("cargo-cyclonedx", line("bench-sbom"))],
    )?;
    bench.sheet.hold(
        "SBOM from Cargo.lock, times faster than cargo-cyclonedx",
        theirs.times(&ours),
        Bound::AtLeast(1.0),
    );
    command(Command::new("sh").args(["-c", &format!("{} --target all", line("bench-all"))]))?;
    let (here, everywhere) = (found(&copy, "bench-sbom.json")?, found(&copy, "bench-all.json")?);
    let sbom =
        Command::new(&bench.dossier).arg("-C").arg(resolved).args(["soup", "sbom", "--resolve"]).output()?;
    let ours = components(&sbom.stdout)?;
    let elsewhere = |purl: &str| everywhere.contains(purl) && !here.contains(purl);
    if let Some((purl, _)) = ours.iter().find(|(purl, c)| elsewhere(purl) && !c.for_some_platforms) {
        bail!("cargo-cyclonedx has {purl} for other platforms only, and the SBOM does not mark it");
    }
    explain("components", &names(&ours), ("cargo-cyclonedx", &here), |purl| {
        match ours.get(purl)?.kind.as_str() {
            "own" => Some("the workspace's own, which it names in the head alone"),
            "dev" => Some("for development alone, which it leaves out"),
            _ => elsewhere(purl).then_some("of other platforms, which it adds with `--target all`"),
        }
    })
}

/// The components of all SBOMs of a name below a folder.
fn found(folder: &Path, name: &str) -> Result<BTreeSet<String>> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next)?.collect::<std::io::Result<Vec<_>>>()? {
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == name {
                found.extend(names(&components(&std::fs::read(entry.path())?)?));
            }
        }
    }
    Ok(found)
}

/// What our SBOM says of a component.
struct Component {
    /// `own`, `direct`, `dev` …; empty in another's.
    kind: String,
    /// Whether it is marked as needed for some platforms only.
    for_some_platforms: bool,
}

fn names(components: &BTreeMap<String, Component>) -> BTreeSet<String> {
    components.keys().cloned().collect()
}

/// The components of an SBOM by package URL without qualifiers, or by name where they have none.
fn components(sbom: &[u8]) -> Result<BTreeMap<String, Component>> {
    let sbom: serde_json::Value = serde_json::from_slice(sbom).context("the SBOM is no JSON")?;
    let mut out = BTreeMap::new();
    let mut todo: Vec<&serde_json::Value> = sbom["components"].as_array().into_iter().flatten().collect();
    while let Some(c) = todo.pop() {
        todo.extend(c["components"].as_array().into_iter().flatten());
        let Some(purl) = c["purl"].as_str().or_else(|| c["name"].as_str()) else { continue };
        let property = |name: &str| {
            let mut all = c["properties"].as_array().into_iter().flatten();
            all.find(|p| p["name"] == name).and_then(|p| p["value"].as_str()).unwrap_or_default()
        };
        let bare = purl.split(['?', '#']).next().unwrap_or(purl).replace("%40", "@").replace("%2B", "+");
        let kind = property("dossier:kind").to_owned();
        let for_some_platforms = !property("dossier:targets").is_empty();
        out.insert(bare, Component { kind, for_some_platforms });
    }
    Ok(out)
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
    let written = folder.join("cdxgen.json");
    let peers = [
        (
            "cdxgen",
            "npm install --global @cyclonedx/cdxgen",
            // Without asking the registry for licences, and without looking for what the sources use.
            format!(
                "FETCH_LICENSE=false CDXGEN_TELEMETRY=false cdxgen -t js --no-install-deps --no-babel -o {} {}",
                quoted(&written),
                quoted(&folder)
            ),
            Some(20.0),
        ),
        (
            "npm",
            "apt-get install npm",
            format!(
                "npm sbom --prefix {} --package-lock-only --legacy-peer-deps --sbom-format cyclonedx > /dev/null",
                quoted(&folder)
            ),
            None,
        ),
    ];
    for (peer, install, line, least) in peers {
        if !installed(peer) {
            bench.sheet.skip(format!("SBOM of package-lock.json by {peer}: {install}"));
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
    if let Ok(sbom) = std::fs::read(&written) {
        let done = Command::new(&bench.dossier).arg("-C").arg(&folder).args(["soup", "sbom"]).output()?;
        let (ours, theirs) = (components(&done.stdout)?, names(&components(&sbom)?));
        explain("components", &names(&ours), ("cdxgen", &theirs), |purl| {
            (ours.get(purl)?.kind == "own").then_some("the product itself, which it names in the head alone")
        })?;
    }
    Ok(())
}

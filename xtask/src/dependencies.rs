//! What comes into the build from outside: licences and sources by `deny.toml`, a reason for each by
//! `docs/dependencies.md`. Advisories: `known_vulnerabilities`.
//!
//! `deny.toml` is cargo-deny's own file, and `cargo deny check` understands all of it. Here its parts that decide what may
//! come in are held to the same `cargo metadata`, with the parser of licence expressions that cargo-deny uses: compiling
//! cargo-deny itself takes longer than all of our tests.

use crate::root;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The parts of `deny.toml` that are held here.
#[derive(serde::Deserialize)]
struct Deny {
    licenses: Licences,
    sources: Sources,
}

#[derive(serde::Deserialize)]
struct Licences {
    allow: Vec<String>,
    /// Licences that one crate may have.
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(serde::Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Sources {
    #[serde(rename = "allow-registry")]
    allow_registry: Vec<String>,
}

/// A package of the dependency graph.
struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    source: Option<String>,
}

/// Checks the graphs of all workspaces that are built here.
pub(crate) fn run() -> Result<()> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml")?;
    let mut packages = packages("Cargo.toml")?;
    packages.extend(self::packages("fuzz/Cargo.toml")?);
    let mut faults = judge(&deny, &packages);
    faults.extend(reasons()?);
    let foreign = packages.iter().filter(|p| p.source.is_some()).map(|p| (&p.name, &p.version));
    let count = foreign.collect::<BTreeSet<_>>().len();
    if faults.is_empty() {
        println!("{count} crates from outside: licences, sources and reasons are in order");
        return Ok(());
    }
    faults.iter().for_each(|f| println!("{f}"));
    bail!("{} faults in what comes from outside", faults.len())
}

fn judge(deny: &Deny, packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut needed = BTreeSet::new();
    for p in packages {
        let Some(source) = &p.source else { continue };
        let Package { name, version, .. } = p;
        let registry = source.strip_prefix("registry+").unwrap_or(source);
        if !deny.sources.allow_registry.iter().any(|r| r == registry) {
            faults.push(format!("{name} {version}: comes from {source}, which deny.toml does not allow"));
        }
        let Some(licence) = &p.licence else {
            faults.push(format!("{name} {version}: names no licence"));
            continue;
        };
        let Ok(expression) = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) else {
            faults.push(format!("{name} {version}: `{licence}` is no licence expression"));
            continue;
        };
        let own: Vec<&String> =
            deny.licenses.exceptions.iter().filter(|e| e.name == *name).flat_map(|e| &e.allow).collect();
        let allowed = |text: &str| deny.licenses.allow.iter().chain(own.iter().copied()).any(|a| a == text);
        if !expression.evaluate(|r| allowed(&r.to_string())) {
            faults.push(format!("{name} {version}: `{licence}` is not allowed by deny.toml"));
        }
        needed.extend(expression.requirements().map(|r| r.req.to_string()));
    }
    for unused in deny.licenses.allow.iter().filter(|a| !needed.contains(*a)) {
        faults.push(format!("deny.toml: no crate has the licence `{unused}`; take it out"));
    }
    for e in deny.licenses.exceptions.iter().filter(|e| !packages.iter().any(|p| p.name == e.name)) {
        faults.push(format!("deny.toml: the exception for `{}` is for no crate", e.name));
    }
    faults
}

/// The packages that `cargo metadata` finds from a manifest.
fn packages(manifest: &str) -> Result<Vec<Package>> {
    let out = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--manifest-path", manifest])
        .current_dir(root())
        .output()?;
    if !out.status.success() {
        bail!("cargo metadata of {manifest}: {}", String::from_utf8_lossy(&out.stderr));
    }
    let meta: Value = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let package = |p: &Value| {
        Some(Package {
            name: text(&p["name"])?,
            version: text(&p["version"])?,
            licence: text(&p["license"]),
            source: text(&p["source"]),
        })
    };
    let packages: Vec<Package> =
        meta["packages"].as_array().into_iter().flatten().filter_map(package).collect();
    if packages.is_empty() { bail!("cargo metadata of {manifest} names no packages") } else { Ok(packages) }
}

/// Every dependency that the workspace names has its line in `docs/dependencies.md`, and every line its dependency.
fn reasons() -> Result<Vec<String>> {
    let text =
        std::fs::read_to_string(root().join("docs/dependencies.md")).context("docs/dependencies.md")?;
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(root().join("Cargo.toml"))?)?;
    let named = manifest.get("workspace").and_then(|w| w.get("dependencies")).and_then(|d| d.as_table());
    let foreign = |v: &toml::Value| v.get("path").is_none();
    let named: BTreeSet<String> =
        named.into_iter().flatten().filter(|(_, v)| foreign(v)).map(|(k, _)| k.clone()).collect();
    let explained = explained(&text);
    let mut faults = Vec::new();
    for n in named.iter().filter(|n| !explained.contains_key(*n)) {
        faults.push(format!("docs/dependencies.md: says nothing about `{n}`, which Cargo.toml names"));
    }
    // The fuzz targets are a workspace of their own.
    for n in explained.keys().filter(|n| !named.contains(*n) && *n != "libfuzzer-sys") {
        faults.push(format!("docs/dependencies.md: `{n}` is not named in Cargo.toml (any more)"));
    }
    for (n, _) in explained.iter().filter(|(_, lines)| **lines > 1) {
        faults.push(format!("docs/dependencies.md: `{n}` stands there more than once"));
    }
    Ok(faults)
}

/// The names in the first column of the table, with how often each stands there.
fn explained(text: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for line in text.lines().filter(|l| l.starts_with("| `")) {
        let first = line.split('|').nth(1).unwrap_or_default();
        for name in first.split('`').skip(1).step_by(2) {
            *out.entry(name.to_owned()).or_default() += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: &str, source: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: (!licence.is_empty()).then(|| licence.to_owned()),
            source: Some(source.to_owned()),
        }
    }

    fn deny(allow: &[&str]) -> Deny {
        Deny {
            licenses: Licences {
                allow: allow.iter().map(|a| (*a).to_owned()).collect(),
                exceptions: Vec::new(),
            },
            sources: Sources { allow_registry: vec!["https://r".to_owned()] },
        }
    }

    #[test]
    fn licences_and_sources_that_were_not_decided_are_faults() {
        let faults = |licence: &str, source: &str| judge(&deny(&["MIT"]), &[package("a", licence, source)]);
        assert!(faults("MIT OR GPL-3.0", "registry+https://r").is_empty());
        assert!(faults("MIT/Apache-2.0", "registry+https://r").is_empty(), "as older crates write it");
        assert_eq!(faults("MIT AND GPL-3.0", "registry+https://r").len(), 1);
        assert_eq!(faults("MIT", "git+https://g").len(), 1);
        assert_eq!(faults("", "registry+https://r").len(), 2, "no licence, and MIT is not needed");
        assert_eq!(judge(&deny(&["MIT", "ISC"]), &[package("a", "MIT", "registry+https://r")]).len(), 1);
    }

    #[test]
    fn names_of_the_first_column_are_read() {
        let names = explained("| crate | by |\n| `a`, `b-c` | x, `d` | y |\n");
        assert_eq!(names.into_keys().collect::<Vec<_>>(), ["a", "b-c"]);
    }
}

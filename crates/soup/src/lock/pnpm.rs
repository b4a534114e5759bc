//! pnpm-lock.yaml, versions 5 to 9.

use super::gather::{Gather, npm_name};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: Option<String>,
    #[serde(default)]
    importers: BTreeMap<String, Importer>,
    #[serde(flatten)]
    root: Importer,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
    #[serde(default)]
    snapshots: BTreeMap<String, Snapshot>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Importer {
    #[serde(default)]
    dependencies: BTreeMap<String, Wanted>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Wanted>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Wanted>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Version(String),
    Both { version: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    resolution: Option<Resolution>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    os: Vec<String>,
    #[serde(default)]
    cpu: Vec<String>,
}

#[derive(Deserialize)]
struct Resolution {
    integrity: Option<String>,
    tarball: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Snapshot {
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
    #[serde(default)]
    optional: bool,
}

/// Reads a pnpm-lock.yaml. `file` is the path that components are reported with.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: Lock = match super::yaml(text) {
        Ok(lock) => lock,
        Err((line, reason)) => {
            return Inventory::unreadable(file, line, Cause::Malformed { format: "pnpm-lock.yaml", reason });
        }
    };
    let version = lock.lockfile_version.as_deref().unwrap_or_default();
    let major = version.split('.').next().and_then(|m| m.parse::<u32>().ok());
    if !major.is_some_and(|m| (5..=9).contains(&m)) {
        return Inventory::unreadable(
            file,
            1,
            Cause::Unsupported(format!("version `{version}` of pnpm-lock.yaml")),
        );
    }
    let mut gather = Gather::new(file);
    for (key, package) in &lock.packages {
        add(&mut gather, key, package);
    }
    for (key, package) in &lock.packages {
        let from = id(key);
        needs(&mut gather, &from, &package.dependencies, true);
        needs(&mut gather, &from, &package.optional_dependencies, false);
    }
    for (key, snapshot) in &lock.snapshots {
        let from = id(key);
        needs(&mut gather, &from, &snapshot.dependencies, true);
        needs(&mut gather, &from, &snapshot.optional_dependencies, false);
        if let Some(c) = gather.get(&from) {
            c.optional |= snapshot.optional;
        }
    }
    for importer in lock.importers.values().chain([&lock.root]) {
        for (list, kind) in [
            (&importer.dependencies, ComponentKind::Direct),
            (&importer.optional_dependencies, ComponentKind::Direct),
            (&importer.dev_dependencies, ComponentKind::Dev),
        ] {
            for (name, wanted) in list {
                let (Wanted::Version(version) | Wanted::Both { version }) = wanted;
                if let Some(c) = gather.get(&format!("{name}@{}", bare(version)))
                    && (c.kind == ComponentKind::Transitive || kind == ComponentKind::Direct)
                {
                    c.kind = kind;
                }
            }
        }
    }
    gather.finish()
}

fn add(gather: &mut Gather<'_>, key: &str, package: &Package) {
    let id = id(key);
    let (name, version) = id.rsplit_once('@').unwrap_or((&id, ""));
    let (namespace, bare) = npm_name(name);
    let integrity = package.resolution.as_ref().and_then(|r| r.integrity.as_deref()).unwrap_or_default();
    let hashes = integrity.split_ascii_whitespace().filter_map(super::npm::digest).collect();
    let component = gather.package(&id, ("npm", namespace, bare), version, 0);
    component.hashes = hashes;
    component.download = package.resolution.as_ref().and_then(|r| r.tarball.clone());
    component.optional = package.optional;
    component.targets = package.os.iter().chain(&package.cpu).cloned().collect();
    if package.dev {
        component.kind = ComponentKind::Dev;
    }
}

fn needs(gather: &mut Gather<'_>, from: &str, wanted: &BTreeMap<String, String>, must: bool) {
    for (name, version) in wanted {
        // An alias is written as the package that it stands for; links lead to the maker's own packages.
        let bare = bare(version);
        if bare.starts_with("link:") || bare.starts_with("file:") {
            continue;
        }
        let plain = format!("{name}@{bare}");
        let aliased = id(version);
        let to = if gather.has(&plain) || !gather.has(&aliased) { plain } else { aliased };
        gather.needs(from, &to, must);
    }
}

/// A version without the peers that it was resolved with: `1.0.0(react@18.0.0)`, `1.0.0_react@18.0.0`.
fn bare(version: &str) -> &str {
    version.split(['(', '_']).next().unwrap_or(version)
}

/// `/@scope/name/1.0.0`, `/name@1.0.0(peer)` and `name@1.0.0` as `name@1.0.0`.
fn id(key: &str) -> String {
    let key = key.strip_prefix('/').unwrap_or(key);
    let key = key.split('(').next().unwrap_or(key);
    let at = key.get(1..).and_then(|k| k.rfind('@')).map(|i| i + 1);
    match (at, key.rsplit_once('/')) {
        (Some(i), _) => {
            let (name, version) = key.split_at(i);
            format!("{name}@{}", bare(version.trim_start_matches('@')))
        }
        // Version 5.
        (None, Some((name, version))) => format!("{name}@{}", bare(version)),
        (None, None) => key.to_owned(),
    }
}

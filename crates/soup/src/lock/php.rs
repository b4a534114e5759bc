//! Composer: composer.lock.

use super::gather::Gather;
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "content-hash")]
    content_hash: Option<String>,
    packages: Option<Vec<Package>>,
    #[serde(rename = "packages-dev", default)]
    dev: Option<Vec<Package>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    require: Require,
    dist: Option<Dist>,
    source: Option<Source>,
    #[serde(default)]
    license: Vec<String>,
}

/// An empty object is written as an empty list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Require {
    Map(BTreeMap<String, String>),
    Empty([(); 0]),
}

impl Default for Require {
    fn default() -> Self {
        Require::Map(BTreeMap::new())
    }
}

#[derive(Deserialize)]
struct Dist {
    url: Option<String>,
    shasum: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    reference: Option<String>,
}

/// Reads a composer.lock.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: Lock = match super::json(file, text, "composer.lock") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if lock.packages.is_none() && lock.content_hash.is_none() {
        let reason = "there is no `packages`".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "composer.lock", reason });
    }
    let mut gather = Gather::new(file);
    let lists = [(lock.packages, ComponentKind::Transitive), (lock.dev, ComponentKind::Dev)];
    let mut needs = Vec::new();
    for (list, kind) in lists {
        for p in list.into_iter().flatten() {
            let (namespace, name) =
                p.name.split_once('/').map_or((None, p.name.as_str()), |(n, name)| (Some(n), name));
            // A branch is exact by the commit that it was locked to.
            let commit = p.source.as_ref().and_then(|s| s.reference.clone());
            let version = match (p.version.starts_with("dev-") || p.version.ends_with("-dev"), commit) {
                (true, Some(commit)) => commit,
                _ => p.version.clone(),
            };
            let sha1 = p.dist.as_ref().and_then(|d| d.shasum.clone()).filter(|s| !s.is_empty());
            let hashes = sha1.and_then(|s| gather.hash(&p.name, "SHA1", &s, 0)).into_iter().collect();
            let component = gather.package(&p.name, ("composer", namespace, name), &version, 0);
            component.hashes = hashes;
            component.kind = kind;
            component.licences = p.license;
            component.download = p.dist.and_then(|d| d.url);
            if let Require::Map(map) = p.require {
                needs.extend(map.into_keys().filter(|n| n.contains('/')).map(|to| (p.name.clone(), to)));
            }
        }
    }
    for (from, to) in needs {
        // Another package may provide or replace it.
        gather.needs(&from, &to, false);
    }
    gather.roots_are_direct();
    gather.finish()
}

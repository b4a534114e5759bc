//! NuGet: packages.lock.json (learn.microsoft.com, "Locking dependencies").

use super::gather::Gather;
use crate::inventory::{Cause, Inventory, text};
use base64::Engine as _;
use model::components::{ComponentKind, Hash, HashAlgorithm};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lock {
    version: u32,
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "type", default)]
    ty: String,
    #[serde(default)]
    resolved: String,
    content_hash: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// Reads a packages.lock.json.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: Lock = match super::json(file, text, "packages.lock.json") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if !(1..=2).contains(&lock.version) {
        let what = format!("version {} of packages.lock.json", lock.version);
        return Inventory::unreadable(file, 0, Cause::Unsupported(what));
    }
    let mut gather = Gather::new(file);
    let all = || lock.dependencies.values().flatten();
    for (name, p) in all() {
        let digest =
            p.content_hash.as_deref().and_then(|h| base64::engine::general_purpose::STANDARD.decode(h).ok());
        let digest = digest.map(hex::encode).filter(|h| h.len() == HashAlgorithm::Sha512.hex_len());
        let own = p.ty == "Project";
        let version = if own && p.resolved.is_empty() { "0" } else { &p.resolved };
        let component = gather.package(&name.to_ascii_lowercase(), ("nuget", None, name), version, 0);
        component.hashes =
            digest.map(|hex| Hash { algorithm: HashAlgorithm::Sha512, hex }).into_iter().collect();
        component.kind = match p.ty.as_str() {
            "Project" => ComponentKind::Own,
            "Direct" => ComponentKind::Direct,
            _ => component.kind,
        };
        if own {
            component.purl = String::new();
        }
    }
    for (name, p) in all() {
        for wanted in p.dependencies.keys() {
            gather.needs(&name.to_ascii_lowercase(), &wanted.to_ascii_lowercase(), true);
        }
    }
    gather.finish()
}

//! Files that pin the tools of a build: supporting items (62304:5.1.10), never part of the device. A channel or a range
//! pins nothing.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use serde::Deserialize;

fn tool(gather: &mut Gather<'_>, name: &str, version: &str, line: u32) {
    gather.package(name, ("generic", None, name), version, line).kind = ComponentKind::Build;
}

/// Reads a `.tool-versions` of asdf or mise: a tool and its version on each line.
pub fn tool_versions(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let content = raw.split('#').next().unwrap_or_default();
        let mut words = content.split_whitespace();
        // Further versions of a line are fallbacks.
        if let Some(name) = words.next() {
            tool(&mut gather, name, words.next().unwrap_or_default(), line);
        }
    }
    gather.finish()
}

/// Reads a file that is one version: `.nvmrc`, `.node-version`, `.python-version`, `.ruby-version`, `.go-version`.
pub fn one_version(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let name = match name {
        ".nvmrc" => "node",
        other => other.trim_start_matches('.').trim_end_matches("-version"),
    };
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let version = raw.split('#').next().unwrap_or_default().trim();
        if !version.is_empty() {
            // `v20` and `lts/*` name a line of releases.
            let plain = version.trim_start_matches('v');
            if plain.starts_with("lts") || !plain.contains('.') {
                let (component, written) = (name.to_owned(), version.to_owned());
                gather.problem(line, Cause::NotPinned { component, written });
            }
            tool(&mut gather, name, plain, line);
        }
    }
    gather.finish()
}

#[derive(Deserialize)]
struct Rust {
    toolchain: Toolchain,
}

#[derive(Deserialize)]
struct Toolchain {
    channel: Option<String>,
    path: Option<String>,
}

/// Reads a rust-toolchain.toml.
pub fn rust(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let malformed = |reason: String| {
        Inventory::unreadable(file, 1, Cause::Malformed { format: "rust-toolchain.toml", reason })
    };
    let toolchain = match toml::from_str::<Rust>(text) {
        Ok(rust) => rust.toolchain,
        Err(e) => return malformed(e.message().to_owned()),
    };
    let mut gather = Gather::new(file);
    match (toolchain.channel, toolchain.path) {
        (Some(channel), _) => {
            // `stable` and `1.90` move on; `1.90.0` and `nightly-2026-01-31` stay.
            let dated = channel.split_once('-').is_some_and(|(_, date)| date.len() >= 10);
            if !dated && channel.split('.').count() < 3 {
                let (component, written) = ("rust".to_owned(), channel.clone());
                gather.problem(1, Cause::NotPinned { component, written });
            }
            tool(&mut gather, "rust", &channel, 1);
        }
        (None, Some(path)) => tool(&mut gather, "rust", &path, 1),
        (None, None) => return malformed("it names no channel".to_owned()),
    }
    gather.finish()
}

/// Reads a gradle-wrapper.properties: the version of Gradle, and the digest of its distribution.
pub fn gradle_wrapper(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let value = |key: &str| {
        lines(text).find_map(|(line, raw)| {
            let (name, value) = raw.split_once('=')?;
            (name.trim() == key).then(|| (line, value.trim().replace("\\:", ":")))
        })
    };
    let Some((line, url)) = value("distributionUrl") else {
        let reason = "it has no distributionUrl".to_owned();
        return Inventory::unreadable(
            file,
            0,
            Cause::Malformed { format: "gradle-wrapper.properties", reason },
        );
    };
    let archive = url.rsplit('/').next().unwrap_or_default();
    let version = archive.trim_start_matches("gradle-").trim_end_matches(".zip");
    let version = version.trim_end_matches("-bin").trim_end_matches("-all").to_owned();
    let hash = match value("distributionSha256Sum") {
        Some((line, hex)) => gather.hash("gradle", "SHA256", &hex, line),
        None => {
            let (component, written) = ("gradle".to_owned(), format!("{url} without distributionSha256Sum"));
            gather.problem(line, Cause::NotPinned { component, written });
            None
        }
    };
    let component = gather.package("gradle", ("generic", None, "gradle"), &version, line);
    component.kind = ComponentKind::Build;
    component.hashes = hash.into_iter().collect();
    component.download = Some(url);
    gather.finish()
}

/// Reads a `.terraform.lock.hcl`: the providers, which make the infrastructure and are no part of the device. Their
/// digests are in two forms, of which `zh:` is the SHA-256 of a package for one platform.
pub fn terraform(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let mut provider: Option<(String, u32, String)> = None;
    for (line, raw) in lines(text) {
        let content = raw.trim();
        if let Some(rest) = content.strip_prefix("provider \"") {
            provider = Some((rest.split('"').next().unwrap_or_default().to_owned(), line, String::new()));
        } else if let (Some((_, _, version)), Some((key, value))) = (&mut provider, content.split_once('='))
            && key.trim() == "version"
        {
            value.trim().trim_matches('"').clone_into(version);
        } else if content == "}"
            && let Some((name, line, version)) = provider.take()
        {
            tool(&mut gather, &name, &version, line);
        }
    }
    if provider.is_some() {
        let reason = "a provider never ends: the file is cut off".to_owned();
        gather.problem(0, Cause::Malformed { format: ".terraform.lock.hcl", reason });
    }
    gather.finish()
}

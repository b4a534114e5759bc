//! What a package says of its licence: its manifest and the notice files in it.

use super::{NoticeFile, is_notice};
use serde::Deserialize;
use std::io::Read;

/// Largest notice file: 1 MiB. Some are long, none is longer.
const FILE_MAX: u64 = 1 << 20;
/// Most bytes that a package unpacks to: 1 GiB.
const PACKAGE_MAX: u64 = 1 << 30;

/// What a package says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The licence of its manifest, as an expression where its ecosystem writes one.
    pub licence: Option<String>,
    /// Its licence, copyright and notice files.
    pub files: Vec<NoticeFile>,
}

#[derive(Deserialize)]
struct CargoManifest {
    package: CargoPackage,
}

#[derive(Deserialize)]
struct CargoPackage {
    license: Option<toml::Value>,
}

#[derive(Deserialize)]
struct NpmManifest {
    license: Option<serde_json::Value>,
}

/// Reads a `.crate` of Cargo or a `.tgz` of npm.
///
/// # Errors
/// When it is no such archive, or is cut off.
pub fn archive(bytes: &[u8]) -> Result<Facts, String> {
    let unpacked = flate2::read::MultiGzDecoder::new(bytes).take(PACKAGE_MAX);
    let mut facts = Facts::default();
    let mut archive = tar::Archive::new(unpacked);
    for entry in archive.entries().map_err(|e| e.to_string())? {
        let mut entry = entry.map_err(|e| e.to_string())?;
        let path = entry.path().map_err(|e| e.to_string())?.to_string_lossy().into_owned();
        // The top folder is the package; deeper ones are tests and vendored code, whose notices name themselves.
        let Some((_, name)) = path.split_once('/').filter(|(_, name)| !name.contains('/')) else { continue };
        if !matches!(name, "Cargo.toml" | "package.json") && !is_notice(name) {
            continue;
        }
        let mut content = Vec::new();
        entry.by_ref().take(FILE_MAX).read_to_end(&mut content).map_err(|e| e.to_string())?;
        facts.take(name, &String::from_utf8_lossy(&content));
    }
    facts.files.sort();
    Ok(facts)
}

impl Facts {
    /// Takes a file of the package.
    pub fn take(&mut self, name: &str, text: &str) {
        match name {
            // Old manifests write a slash where SPDX writes OR.
            "Cargo.toml" => {
                let manifest = toml::from_str::<CargoManifest>(text).ok();
                let licence = manifest.and_then(|m| m.package.license);
                self.licence = licence.and_then(|l| l.as_str().map(|l| l.replace('/', " OR ")));
            }
            "package.json" => {
                let manifest = serde_json::from_str::<NpmManifest>(text).ok();
                let licence = manifest.and_then(|m| m.license);
                self.licence = licence.and_then(|l| l.as_str().map(str::to_owned));
            }
            _ if is_notice(name) => {
                self.files.push(NoticeFile { name: name.to_owned(), text: text.to_owned() });
            }
            _ => {}
        }
    }
}

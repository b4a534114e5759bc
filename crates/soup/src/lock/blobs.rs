//! `blobs.toml`: parts that come as files, by digest. A real-time operating system as a library, the SoftDevice of a radio,
//! a boot loader, a data file with a model: no package manager names them, so the maker does.
//!
//! ```toml
//! [[blob]]
//! name = "S140 SoftDevice"
//! version = "7.3.0"
//! file = "vendor/s140_nrf52_7.3.0_softdevice.hex"
//! sha256 = "…"
//! supplier = "Nordic Semiconductor ASA"
//! licence = "LicenseRef-Nordic-5-Clause"
//! ```

use super::gather::Gather;
use crate::inventory::{Cause, Inventory, text};
use crate::purl::{normalized, purl};
use diagnostics::LineIndex;
use model::components::{Component, ComponentKind, SourceLine};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blobs {
    #[serde(default)]
    blob: Vec<Spanned<Blob>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    name: String,
    #[serde(default)]
    version: String,
    file: Option<String>,
    #[serde(default)]
    sha256: String,
    supplier: Option<String>,
    licence: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    build: bool,
}

/// A file that a `blobs.toml` names, with the digest that it is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The component.
    pub name: String,
    /// The path, from the folder of the `blobs.toml`.
    pub file: String,
    /// Hex digits, as written.
    pub sha256: String,
    /// The line.
    pub line: u32,
}

fn parse(file: &str, bytes: &[u8]) -> Result<Vec<(u32, Blob)>, Inventory> {
    let text = text(file, bytes)?;
    let lines = LineIndex::new(text);
    let line = |offset: usize| lines.position(text, offset).0;
    let blobs: Blobs = toml::from_str(text).map_err(|e| {
        let at = e.span().map_or(0, |s| line(s.start));
        let cause = Cause::Malformed { format: "blobs.toml", reason: e.message().to_owned() };
        Inventory::unreadable(file, at, cause)
    })?;
    Ok(blobs.blob.into_iter().map(|b| (line(b.span().start), b.into_inner())).collect())
}

/// The files that are named, so that whoever has them can compare.
pub fn files(bytes: &[u8]) -> Vec<NamedFile> {
    let blobs = parse("blobs.toml", bytes).unwrap_or_default();
    let named = |(line, b): (u32, Blob)| {
        Some(NamedFile { name: b.name, file: b.file?, sha256: b.sha256.to_ascii_lowercase(), line })
    };
    blobs.into_iter().filter_map(named).collect()
}

/// Reads a blobs.toml. A part without a digest is a finding: nothing else says which bytes it is.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let blobs = match parse(file, bytes) {
        Ok(blobs) => blobs,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    for (line, b) in &blobs {
        gather.pinned(&b.name, &b.version, *line);
        let hash = gather.hash(&b.name, "SHA256", &b.sha256, *line);
        let word: String = b
            .name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let component = Component {
            purl: match &b.purl {
                Some(written) => normalized(written),
                None => purl("generic", None, word.trim_matches('-'), &b.version, None),
            },
            name: b.name.clone(),
            version: b.version.clone(),
            supplier: b.supplier.clone(),
            licences: b.licence.iter().cloned().collect(),
            hashes: hash.into_iter().collect(),
            kind: if b.build { ComponentKind::Build } else { ComponentKind::Direct },
            source: SourceLine { file: file.to_owned(), line: *line },
            ..Component::default()
        };
        gather.add(&format!("{} {}", b.name, b.version), component);
    }
    gather.finish()
}

//! Layers: what a release consists of, one name and one blob each.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use vocabulary::Digest;

/// Media types of the archive's own layers and documents.
pub mod media {
    /// A pack: zstd frames, one chunk each, concatenated.
    pub const PACK: &str = "application/vnd.dossier.pack.v1+zstd";
    /// The index of a tree: zstd-compressed text.
    pub const TREE_INDEX: &str = "application/vnd.dossier.tree-index.v1+zstd";
    /// The signed release manifest: a DSSE envelope around an in-toto statement.
    pub const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
    /// OCI image manifest.
    pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// OCI image index.
    pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// The artefact type of a release.
    pub const RELEASE: &str = "application/vnd.dossier.release.v1";
}

/// The name of a layer: a relative path of plain components, `record/release-record.pdf`. Components are made of
/// `A-Z a-z 0-9 . _ + -`, do not begin with a dot and are at most 100 bytes; so a name is a safe path on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LayerName(String);

/// The text is no name of a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name of a layer: components of letters, digits, `.`, `_`, `+`, `-` between `/`, as in `record/record.pdf`"
)]
pub struct LayerNameError(pub String);

impl LayerName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LayerName {
    type Err = LayerNameError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let component = |c: &str| {
            !c.is_empty()
                && c.len() <= 100
                && !c.starts_with('.')
                && c.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-'))
        };
        if s.len() <= 400 && s.split('/').all(component) {
            Ok(LayerName(s.to_owned()))
        } else {
            Err(LayerNameError(s.to_owned()))
        }
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LayerName {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One layer of a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Unique in the release. `trees/NAME` is the index of the tree `NAME`, `packs/HEX` a pack; the other names are
    /// the caller's.
    pub name: LayerName,
    /// The media type; [`media`] lists the archive's own.
    pub media_type: String,
    /// SHA-256 of the blob.
    pub digest: Digest,
    /// Size of the blob in bytes.
    pub size: u64,
}

impl Layer {
    /// The tree whose index this layer is.
    pub fn tree(&self) -> Option<&str> {
        if self.media_type != media::TREE_INDEX {
            return None;
        }
        self.name.as_str().strip_prefix("trees/")
    }

    /// Whether this layer is a pack.
    pub fn is_pack(&self) -> bool {
        self.media_type == media::PACK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_paths() {
        for good in ["record.pdf", "record/release-record.md", "sbom/app+1.cdx.json", "packs/00ff"] {
            assert!(good.parse::<LayerName>().is_ok(), "{good}");
        }
        for bad in ["", "/", "/a", "a/", "a//b", "../a", "a/..", ".hidden", "a b", "a\\b", "ä", "a\n", "C:"]
        {
            assert!(bad.parse::<LayerName>().is_err(), "{bad:?}");
        }
    }
}

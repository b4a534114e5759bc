//! What happens to a sealed release afterwards: rebuilds, drills, delivery checks, holds.

use super::record;
use super::release::RebuildOutcome;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// One output that a rebuild compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedOutput {
    /// Its path.
    pub path: String,
    /// The sealed digest.
    pub expected: Digest,
    /// The digest of the rebuilt file; absent where it was not made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<Digest>,
    /// The cause of a difference: `timestamp`, `path`, `order`, `compressor`, `content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// A sealed release was built again from the archive alone; signed by whoever ran it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RebuildRecord {
    /// The release.
    pub version: String,
    /// How it ended.
    pub outcome: RebuildOutcome,
    /// Each output.
    pub outputs: Vec<ComparedOutput>,
    /// The host. Under profile `playbook` the evidence needs another person or host than the builder's.
    pub host: String,
    /// The build log, by digest.
    pub log: Digest,
}
record!(RebuildRecord, "rebuild/record/v1", personal, self => self.version.clone());

/// A scheduled rebuild of a random sealed release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillRecord {
    /// The release that was drawn.
    pub version: String,
    /// The seed, so that the draw can be repeated.
    pub seed: u64,
    /// The releases among which it was drawn, in order.
    pub among: Vec<String>,
    /// How it ended.
    pub outcome: RebuildOutcome,
    /// The corrective action that a failure opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capa: Option<String>,
}
record!(DrillRecord, "drill/record/v1", process, self => self.version.clone());

/// Installed files were compared with the sealed manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryCheck {
    /// The release.
    pub version: String,
    /// What was checked: a device, a host, an image.
    pub installation: String,
    /// Files that agree.
    pub identical: u64,
    /// Paths that are missing, changed or too many.
    pub problems: Vec<String>,
    /// Signatures that were checked: file, key and custody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<String>,
}
record!(DeliveryCheck, "delivery/check/v1", process, self => self.version.clone());

/// The whole archive was read again, every blob of it, and compared with the digests (62304:5.8.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveRehash {
    /// Which archive.
    pub archive: String,
    /// The releases in it.
    pub releases: Vec<String>,
    /// Blobs that were read.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many things do not hold, in it and in its second copy.
    pub problems: u64,
    /// The first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
}
record!(ArchiveRehash, "archive/rehash/v1", process, self => self.archive.clone());

/// What the archive's unsigned documents are after something other than a seal changed them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveDocuments {
    /// The digest of `retention.json`.
    pub retention: Digest,
    /// What changed it.
    pub cause: String,
}
record!(ArchiveDocuments, "archive/documents/v1", process, self => self.cause.clone());

/// A legal hold is set or lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionHold {
    /// The release.
    pub version: String,
    /// Set or lifted.
    pub hold: bool,
    /// Why.
    pub reason: String,
}
record!(RetentionHold, "retention/hold/v1", personal, self => self.version.clone());

/// The last device with this release was placed on the market: the retention clock starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastPlaced {
    /// The release.
    pub version: String,
    /// The day.
    pub day: Date,
}
record!(LastPlaced, "retention/last-placed/v1", personal, self => self.version.clone());

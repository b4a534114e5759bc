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
}
record!(DeliveryCheck, "delivery/check/v1", process, self => self.version.clone());

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

//! The release, step by step (62304:5.8, design: the release).

use super::record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocabulary::{Date, Digest};

/// What is being released; every kind passes the same gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseKind {
    /// A planned version.
    Full,
    /// An urgent correction.
    Hotfix,
    /// A version that is delivered over the air.
    Ota,
}

/// One repository of a baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineCommit {
    /// The repository's name; `.` for the product's own.
    pub repository: String,
    /// The full commit id.
    pub commit: String,
    /// SHA-256 over sorted path and blob of the commit's tree: binds the content where git's own id is SHA-1.
    pub tree: Digest,
}

/// A release is opened: commits and rule set are frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseOpen {
    /// The version, `2.4.0`.
    pub version: String,
    /// Its kind.
    pub kind: ReleaseKind,
    /// The number of this candidate, from 1: `2.4.0-rc1`.
    pub candidate: u32,
    /// The build identifier, `2.4.0+b.8842`.
    pub build: String,
    /// The frozen commits.
    pub commits: Vec<BaselineCommit>,
    /// The software digest: SHA-256 over the configuration items at the frozen commits.
    pub software: Digest,
    /// The rule set by digest.
    pub rule_set: String,
    /// The version before it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// What it brings and why, in a sentence or two.
    pub summary: String,
}
record!(ReleaseOpen, "release/open/v1", process, self => self.version.clone());

/// One line of the 5.8.6 checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistLine {
    /// What the controlled template asks for: `ifu`, `release-notes`, …
    pub line: String,
    /// The document that answers it, with the digest of the revision approved for this release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The document's content digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Why it is not applicable, where no document answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<String>,
}

/// The checklist of activities and documents of a release (62304:5.8.6), signed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseChecklist {
    /// The release.
    pub version: String,
    /// The controlled template.
    pub template: String,
    /// The template's content digest.
    pub template_digest: Digest,
    /// Its lines, answered.
    pub lines: Vec<ChecklistLine>,
}
record!(ReleaseChecklist, "release/checklist/v1", personal, self => self.version.clone());

/// A file or tree of the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedPart {
    /// What it is: `sources`, `environment`, `dependencies`, `artefacts`, `sbom-cyclonedx`, `anomalies`, …
    pub part: String,
    /// Its digest: of the file, or of the tree's index.
    pub digest: Digest,
    /// Bytes as they were collected.
    pub size: u64,
}

/// A released file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    /// Its path below the output folder.
    pub path: String,
    /// Its digest.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

/// How a rebuild ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RebuildOutcome {
    /// Every output has the same bytes.
    Identical,
    /// Some differ, each with its cause.
    Different,
    /// The build did not come to its end.
    Failed,
    /// An external runner made it once, and nobody repeated it.
    NotRepeated,
}

/// The external runner of a build that cannot be archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedRunner {
    /// Its id, as it is enrolled.
    pub name: String,
    /// The fingerprint of the key that signed its attestation.
    pub key_id: String,
    /// The tools with their versions, as it attests them.
    pub tools: Vec<String>,
    /// When the build ended, by the runner's clock.
    pub finished: String,
    /// The digest of the signed attestation, which is part of the stage.
    pub attestation: Digest,
}

/// Everything the archive will hold was collected and built, and built again from the stage alone (layer 1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseStage {
    /// The release.
    pub version: String,
    /// The candidate.
    pub candidate: u32,
    /// The digest of the stage: what is signed is what is archived.
    pub stage: Digest,
    /// What it is made of.
    pub parts: Vec<StagedPart>,
    /// The released files.
    pub artefacts: Vec<Artefact>,
    /// Those of them that may be executed.
    #[serde(default)]
    pub executables: Vec<String>,
    /// The digest of the build environment.
    pub environment: Digest,
    /// Version and build id that the artefact itself reported.
    pub reported: String,
    /// The rebuild from the stage alone.
    pub rebuild: RebuildOutcome,
    /// Whether the environment is self-contained, or a named external runner did it.
    pub self_contained: bool,
    /// The host that built.
    pub host: String,
    /// The external runner that built, where the environment is not archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<StagedRunner>,
}
record!(ReleaseStage, "release/stage/v1", process, self => self.version.clone());

/// A verdict of the gate at one position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseGate {
    /// The release.
    pub version: String,
    /// The candidate.
    pub candidate: u32,
    /// The position that was judged: the first N entries.
    pub position: u64,
    /// The date that ages were counted to.
    pub as_of: Date,
    /// The profile.
    pub profile: String,
    /// `pass`, `waived` or `fail`.
    pub verdict: String,
    /// The verdict of each sub-clause, `5.8.1` to `5.8.8`.
    pub sections: BTreeMap<String, String>,
    /// The digest of the evidence manifest.
    pub manifest: Digest,
}
record!(ReleaseGate, "release/gate/v1", process, self => self.version.clone());

/// A person signs the evidence manifest, in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseSign {
    /// The release.
    pub version: String,
    /// The role acted in.
    pub role: String,
    /// The digest of the evidence manifest.
    pub manifest: Digest,
}
record!(ReleaseSign, "release/sign/v1", personal, self => self.version.clone(), covers self.manifest);

/// The signed tag that a seal went by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedTag {
    /// Its name, `v2.4.0`.
    pub name: String,
    /// The id of the tag object.
    pub object: String,
    /// The fingerprint of the key that signed it.
    pub key_id: String,
}

/// The release is in the archive: the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseSeal {
    /// The release.
    pub version: String,
    /// The candidate that became the release.
    pub candidate: u32,
    /// The evidence manifest that was signed.
    pub manifest: Digest,
    /// The OCI manifest of the release in the archive.
    pub archive: Digest,
    /// The release manifest (DSSE) in the archive.
    pub release_manifest: Digest,
    /// The digest of the archive's `index.json` after sealing.
    pub index: Digest,
    /// The release day in the product's time zone.
    pub day: Date,
    /// Blobs and bytes that were read back and verified.
    pub read_back_blobs: u64,
    /// Stored bytes.
    pub stored_bytes: u64,
    /// The least date until which it is kept.
    pub retain_until: Date,
    /// Whether retention is open-ended (a hold) beyond that date.
    pub hold: bool,
    /// Why that long.
    pub basis: String,
    /// The digest of the archive's `retention.json` after sealing; absent in receipts of early versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Digest>,
    /// The signed tag; absent in receipts of early versions, which demanded it and did not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<SealedTag>,
}
record!(ReleaseSeal, "release/seal/v1", process, self => self.version.clone());

/// The signed manifest is published (62304:5.8.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDeliver {
    /// The release.
    pub version: String,
    /// The delivery manifest that was published.
    pub manifest: Digest,
    /// Where it goes: a store, a registry, media.
    pub channel: String,
}
record!(ReleaseDeliver, "release/deliver/v1", process, self => self.version.clone());

/// A release is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseWithdraw {
    /// The release.
    pub version: String,
    /// Why.
    pub reason: String,
}
record!(ReleaseWithdraw, "release/withdraw/v1", process, self => self.version.clone());

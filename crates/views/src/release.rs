//! A release: the gate of clause 5.8, and the release record.

use serde::Serialize;
use vocabulary::{Date, Digest, Instant, SafetyClass};

use crate::{
    FindingRow, Mark, Ref, ResidualAnomaly, RiskRow, RunRow, Seat, Signature, SoupRow, TestSummary, Verdict,
};

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseState {
    /// Opened.
    Draft,
    /// Staged.
    Candidate,
    /// All seats taken.
    Signed,
    /// In the archive.
    Sealed,
    /// Delivered.
    Delivered,
    /// Withdrawn.
    Withdrawn,
}

impl ReleaseState {
    /// The states a release goes through.
    pub const PATH: [ReleaseState; 5] = [
        ReleaseState::Draft,
        ReleaseState::Candidate,
        ReleaseState::Signed,
        ReleaseState::Sealed,
        ReleaseState::Delivered,
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            ReleaseState::Draft => "draft",
            ReleaseState::Candidate => "candidate",
            ReleaseState::Signed => "signed",
            ReleaseState::Sealed => "sealed",
            ReleaseState::Delivered => "delivered",
            ReleaseState::Withdrawn => "withdrawn",
        }
    }
}

/// What a release is, at the head of its page and record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseHeader {
    /// The product.
    pub product: String,
    /// The version, `2.4.0`.
    pub version: String,
    /// The candidate, `2.4.0-rc1`.
    pub candidate: String,
    /// The build identifier, `2.4.0+b.8842`.
    pub build: String,
    /// `full`, `hotfix` or `ota`.
    pub kind: String,
    /// Where it stands.
    pub state: ReleaseState,
    /// One sentence: what is in it.
    pub summary: String,
    /// The unique device identifier, where the maker assigns one.
    pub udi: Option<String>,
    /// The software safety class.
    pub class: SafetyClass,
    /// Each software system with its class.
    pub systems: Vec<(String, SafetyClass)>,
    /// The profile.
    pub profile: String,
    /// The edition of the standard.
    pub edition: String,
    /// The frozen commit.
    pub commit: String,
    /// The SHA-256 of its tree.
    pub tree: Digest,
    /// The signed tag on it.
    pub tag: Option<String>,
    /// The ledger position.
    pub ledger: u64,
    /// The rule set's name.
    pub rule_set: String,
    /// The rule set's digest.
    pub rule_set_digest: Digest,
    /// The as-of date.
    pub as_of: Date,
    /// When it was opened.
    pub opened: Option<Instant>,
    /// When it was sealed.
    pub sealed: Option<Instant>,
    /// The release date: the day of the release manager's signature in the product's time zone.
    pub released: Option<Date>,
}

/// Something that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it is.
    pub what: String,
    /// Where it is to be found.
    pub reference: Option<Ref>,
    /// Its digest.
    pub digest: Option<Digest>,
    /// One remark.
    pub note: String,
}

/// A sub-clause of the gate or an adjacent duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GateSection {
    /// The sub-clause as people write it, `5.8.3`, `14971 · 9`.
    pub number: String,
    /// The clause.
    pub clause: Ref,
    /// The title, in our words.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence or two.
    pub reason: String,
    /// The text that the controlled template has for this section, Markdown.
    pub text: String,
    /// The evidence looked at.
    pub evidence: Vec<Evidence>,
    /// The findings.
    pub findings: Vec<FindingRow>,
}

/// A configuration item of the release (8.1.3, 5.8.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigurationItem {
    /// The path, name or id.
    pub id: Ref,
    /// What it is: source, lock file, document, artefact, SBOM.
    pub kind: String,
    /// The version or revision.
    pub version: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes, where it is a file.
    pub bytes: Option<u64>,
}

/// A named digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputDigest {
    /// What.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
}

/// A signed departure from a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// What was not done as planned.
    pub subject: Ref,
    /// Why.
    pub reason: String,
    /// How it is covered otherwise.
    pub covered_by: String,
    /// The anomaly it is linked to.
    pub anomaly: Option<Ref>,
    /// Who signed it.
    pub signature: Signature,
}

/// A signed, expiring exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaiverRow {
    /// The rule waived.
    pub rule: Ref,
    /// On what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires: Date,
    /// Who granted it.
    pub signature: Signature,
}

/// A line of the 5.8.6 checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChecklistLine {
    /// What must be there.
    pub what: String,
    /// The document that answers it.
    pub document: Option<Ref>,
    /// The revision approved for this release.
    pub revision: String,
    /// Pass, finding, or not applicable.
    pub verdict: Verdict,
    /// The reason where it is not applicable or missing.
    pub reason: String,
}

/// How the software was created (5.8.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuildRecipe {
    /// The commands, in order.
    pub commands: Vec<String>,
    /// The digest of the recipe.
    pub recipe: Digest,
    /// The environment's description.
    pub environment: String,
    /// The digest of the environment's image.
    pub environment_digest: Digest,
    /// Tools with versions: compiler, linker, …
    pub tools: Vec<(String, String)>,
    /// Variables that were set.
    pub variables: Vec<(String, String)>,
    /// Inputs by digest: sources, dependencies.
    pub inputs: Vec<InputDigest>,
    /// Outputs by digest.
    pub outputs: Vec<InputDigest>,
    /// Who built it, where, when.
    pub built_by: String,
    /// What the rebuild from the stage said, `identical, 3 of 3 outputs`.
    pub rebuild: String,
    /// The verdict on the rebuild.
    pub rebuild_verdict: Verdict,
}

/// The archive (5.8.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveFacts {
    /// Where.
    pub destination: String,
    /// The second copy.
    pub second_copy: Option<String>,
    /// The digest of the stage.
    pub stage: Option<Digest>,
    /// The digest of the release manifest, once sealed.
    pub manifest: Option<Digest>,
    /// How long it is kept, in words, with the rule it comes from.
    pub retention: String,
    /// Until when at least.
    pub keep_until: Option<Date>,
    /// Whether it is under legal hold.
    pub hold: Option<String>,
    /// Who can remove it: says plainly `deletable by its administrator` where that is so.
    pub protection: String,
    /// How it is read back.
    pub read_back: String,
    /// Bytes in all.
    pub bytes: Option<u64>,
}

/// How it reaches users unaltered (5.8.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryFacts {
    /// The procedure.
    pub procedure: Option<Ref>,
    /// How: store, media, roll-out.
    pub channel: String,
    /// How the receiver knows that it is unaltered.
    pub integrity: String,
    /// What is signed after the build: file, key id and custody of the key.
    pub signing: Vec<String>,
    /// Delivery checks made.
    pub checks: Vec<Evidence>,
}

/// A platform of the instructions for use, with its results (MDR annex II 6.1 b).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformRow {
    /// The platform.
    pub platform: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Runs on it.
    pub runs: Vec<Ref>,
}

/// A change in this release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeRow {
    /// The change request.
    pub id: Ref,
    /// The title.
    pub title: String,
    /// Its state.
    pub state: String,
    /// Who approved it.
    pub approved_by: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// A row of the version history: tested versus released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionHistoryRow {
    /// The version.
    pub version: String,
    /// The build tested.
    pub tested: String,
    /// The build released; empty when it was not.
    pub released: String,
    /// The release date.
    pub date: Option<Date>,
    /// What changed since the version before.
    pub changes: String,
    /// The analysis where tested and released differ.
    pub difference: String,
}

/// The release record: one section per sub-clause 5.8.1 to 5.8.8, and the lists they refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseRecord {
    /// The record's own document id, `REL-2.4.0`.
    pub id: String,
    /// The head.
    pub header: ReleaseHeader,
    /// Marks that every page repeats.
    pub marks: Vec<Mark>,
    /// The template it was rendered from, with its approved digest.
    pub template: Option<InputDigest>,
    /// The verdict of the gate.
    pub verdict: Verdict,
    /// The gate in one sentence.
    pub headline: String,
    /// The digest that the signatures cover.
    pub manifest_digest: Option<Digest>,
    /// The eight sections.
    pub sections: Vec<GateSection>,
    /// Adjacent duties.
    pub adjacent: Vec<GateSection>,
    /// Tests by level.
    pub tests: Vec<TestSummary>,
    /// The runs that count.
    pub runs: Vec<RunRow>,
    /// Deviations from the verification plan.
    pub deviations: Vec<Deviation>,
    /// Waivers in force.
    pub waivers: Vec<WaiverRow>,
    /// The query and time of the anomaly list, so that "none known" is a statement.
    pub anomaly_query: String,
    /// The residual anomalies.
    pub anomalies: Vec<ResidualAnomaly>,
    /// Risk controls with their verification.
    pub risks: Vec<RiskRow>,
    /// The configuration items.
    pub configuration: Vec<ConfigurationItem>,
    /// The SOUP items.
    pub soup: Vec<SoupRow>,
    /// Components in the SBOM.
    pub sbom_components: usize,
    /// The SBOMs by digest.
    pub sboms: Vec<InputDigest>,
    /// How it was built.
    pub build: Option<BuildRecipe>,
    /// The checklist of 5.8.6.
    pub checklist: Vec<ChecklistLine>,
    /// Changes in this release.
    pub changes: Vec<ChangeRow>,
    /// Platforms of the instructions for use.
    pub platforms: Vec<PlatformRow>,
    /// The archive.
    pub archive: Option<ArchiveFacts>,
    /// Delivery.
    pub delivery: Option<DeliveryFacts>,
    /// The seats, in the order of signing.
    pub seats: Vec<Seat>,
    /// Versions, newest first.
    pub history: Vec<VersionHistoryRow>,
    /// What happened after sealing: receipt, rebuilds, delivery checks, newest first.
    pub afterwards: Vec<Evidence>,
}

/// The gate as a page: the same facts as the record, without the long lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GatePage {
    /// The head.
    pub header: ReleaseHeader,
    /// Marks.
    pub marks: Vec<Mark>,
    /// The verdict.
    pub verdict: Verdict,
    /// `Not releasable: 2 findings`.
    pub headline: String,
    /// The reason in one sentence.
    pub reason: String,
    /// The eight.
    pub sections: Vec<GateSection>,
    /// Adjacent duties.
    pub adjacent: Vec<GateSection>,
    /// The seats, in the order of signing.
    pub seats: Vec<Seat>,
    /// The digest that the signatures cover.
    pub manifest_digest: Option<Digest>,
    /// Residual anomalies, for their list.
    pub anomalies: Vec<ResidualAnomaly>,
    /// What happened after sealing.
    pub afterwards: Vec<Evidence>,
}

/// A release in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseRow {
    /// The release.
    pub id: Ref,
    /// The build identifier.
    pub build: String,
    /// The kind.
    pub kind: String,
    /// Where it stands.
    pub state: ReleaseState,
    /// The gate's verdict; `None` before the first.
    pub verdict: Option<Verdict>,
    /// The frozen commit.
    pub commit: String,
    /// The release date.
    pub released: Option<Date>,
    /// Signatures made, of seats.
    pub signatures: (usize, usize),
    /// One sentence.
    pub summary: String,
}

/// All releases, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseList {
    /// The rows.
    pub rows: Vec<ReleaseRow>,
}

/// The record of a release as it lies in the archive, for a release that was sealed under another rule set: what another
/// program judged is shown and not judged again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealedRecord {
    /// The release.
    pub release: Ref,
    /// The day of its release.
    pub released: Date,
    /// The rule set that it was sealed under.
    pub rule_set: String,
    /// The record as Markdown.
    pub markdown: String,
    /// The record as PDF/A.
    #[serde(skip)]
    pub pdf: Vec<u8>,
}

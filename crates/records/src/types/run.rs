//! Test runs and deviations from the verification plan.

use super::record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocabulary::{Digest, ItemId};

/// Where a result comes from; shown with every use of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// dossier ran it, or walked a person through it.
    Executed,
    /// A CI job delivered it, attested by a key that is enrolled for that job.
    CiAttested,
    /// Somebody uploaded a file. Under profile `playbook` automated results of this origin do not count.
    Uploaded,
}

impl Origin {
    /// For people.
    pub fn about(self) -> &'static str {
        match self {
            Origin::Executed => "executed by dossier",
            Origin::CiAttested => "attested by CI",
            Origin::Uploaded => "uploaded by hand",
        }
    }
}

/// What a run ran on (62304:5.7.5, 9.8): enough to repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunContext {
    /// The software digest of the configuration items under test: SHA-256 over path, mode and blob of each.
    pub software: Option<Digest>,
    /// The commit that was built, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The version that the software under test reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Hardware and software configuration, by name: `os`, `hardware`, `browser`, …
    #[serde(default)]
    pub configuration: BTreeMap<String, String>,
    /// Test tools with their versions.
    #[serde(default)]
    pub tools: Vec<String>,
    /// The person responsible.
    pub responsible: String,
    /// When the tests ran: an instant, or the text of the report.
    pub ran_at: String,
}

/// How many cases ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// All cases.
    pub total: u64,
    /// Passed.
    pub passed: u64,
    /// Failed or ended in an error.
    pub failed: u64,
    /// Skipped or not run.
    pub skipped: u64,
}

/// A test report was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunImport {
    /// The run's id, `RUN-207`.
    pub run: String,
    /// The report as it was, by digest.
    pub report: Digest,
    /// Its file name, for people.
    pub file: String,
    /// Its form: `junit`.
    pub format: String,
    /// What it ran on.
    pub context: RunContext,
    /// Where it comes from.
    pub origin: Origin,
    /// The attestation (DSSE) of a CI job, by digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Digest>,
    /// Counted from the cases, never copied from the report's own totals.
    pub summary: RunSummary,
}
record!(RunImport, "run/import/v1", process, self => self.run.clone());

/// How one case ended when a person executed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Every step as expected.
    Pass,
    /// A step was not as expected.
    Fail,
    /// Could not be executed to the end.
    Blocked,
}

/// One executed case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRun {
    /// The test case.
    pub case: ItemId,
    /// Its content digest when it was executed: an edited case was not executed.
    pub digest: Digest,
    /// How it ended.
    pub outcome: CaseOutcome,
    /// The anomaly opened from a failed step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anomaly: Option<String>,
}

/// A person executed a protocol, step by step, and signs the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunExecute {
    /// The run's id.
    pub run: String,
    /// The protocol document, or the case that was executed by itself.
    pub protocol: String,
    /// The protocol's content digest.
    pub protocol_digest: Digest,
    /// What it ran on.
    pub context: RunContext,
    /// The steps with actual results, attachments and times, as a blob (`dossier/manual-run/v1`).
    pub steps: Digest,
    /// The cases with their outcome.
    pub cases: Vec<CaseRun>,
}
record!(RunExecute, "run/execute/v1", personal, self => self.run.clone());

/// A planned case was not run, or did not pass, and the release goes on: why, and what verifies the requirement
/// otherwise (62304:5.8.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviationRecord {
    /// The version that it holds for, and no other.
    pub version: String,
    /// The test case.
    pub case: ItemId,
    /// Why it is tenable.
    pub reason: String,
    /// The anomaly that it is linked to.
    pub anomaly: String,
    /// Other cases that verify the same requirements.
    #[serde(default)]
    pub verified_by: Vec<ItemId>,
}
record!(DeviationRecord, "deviation/record/v1", personal, self => self.case.to_string());

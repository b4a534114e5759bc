//! Test results: runs, cases, and the report over them.

use serde::Serialize;
use vocabulary::{Digest, Instant};

use crate::{Cover, Deviation, Ref, Signature};

/// The outcome of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// At least one result failed.
    Fail,
    /// Could not be executed.
    Blocked,
    /// No result on this software.
    Missing,
    /// Results only of an older software or test text.
    Outdated,
    /// Not executed, with a signed deviation.
    Deferred,
    /// Skipped by the test program.
    Skipped,
    /// All results passed.
    Pass,
}

impl Outcome {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Fail => "fail",
            Outcome::Blocked => "blocked",
            Outcome::Missing => "missing",
            Outcome::Outdated => "outdated",
            Outcome::Deferred => "deferred",
            Outcome::Skipped => "skipped",
            Outcome::Pass => "pass",
        }
    }
}

/// Counts for one level of testing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestSummary {
    /// `unit`, `integration`, `system`.
    pub level: String,
    /// Planned cases.
    pub planned: usize,
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not executed under a signed deviation.
    pub deferred: usize,
    /// Neither executed nor deferred.
    pub missing: usize,
    /// The runs that count.
    pub runs: Vec<Ref>,
}

/// One execution of tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// The run.
    pub id: Ref,
    /// What was run, a protocol or a report's name.
    pub title: String,
    /// When it was executed.
    pub at: Instant,
    /// Who is responsible for it.
    pub by: String,
    /// Where it comes from: executed by dossier, CI attestation verified by key, uploaded by hand.
    pub origin: String,
    /// The configuration: hardware, operating system, settings.
    pub configuration: String,
    /// The test tools, with versions.
    pub tools: String,
    /// The software that was tested.
    pub software: Digest,
    /// Results, passed,
    pub passed: usize,
    /// failed,
    pub failed: usize,
    /// and neither.
    pub other: usize,
    /// The digest of the report as it came.
    pub digest: Digest,
}

/// One result of a case in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseOutcome {
    /// The run.
    pub run: Ref,
    /// The outcome.
    pub outcome: Outcome,
    /// The tester's words or the failure's message.
    pub note: String,
}

/// A test case of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// The case.
    pub id: Ref,
    /// Its title.
    pub title: String,
    /// `unit`, `integration`, `system`.
    pub level: String,
    /// What it verifies.
    pub verifies: Vec<Ref>,
    /// The outcome over all results.
    pub outcome: Outcome,
    /// The results that count.
    pub results: Vec<CaseOutcome>,
}

/// The test report of one software version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestReport {
    /// The cover.
    pub cover: Cover,
    /// Introduction, Markdown.
    pub intro: String,
    /// Counts by level.
    pub summary: Vec<TestSummary>,
    /// The runs.
    pub runs: Vec<RunRow>,
    /// The cases.
    pub cases: Vec<CaseRow>,
    /// Signed deviations.
    pub deviations: Vec<Deviation>,
}

/// One run with what came out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunPage {
    /// The run.
    pub run: RunRow,
    /// The cases it has results for.
    pub cases: Vec<CaseRow>,
    /// Who signed it.
    pub signatures: Vec<Signature>,
}

/// All runs, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunList {
    /// The rows.
    pub rows: Vec<RunRow>,
}

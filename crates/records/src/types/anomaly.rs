//! Anomalies from report to verified resolution (62304:9) and their evaluation per release (62304:5.8.3).

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Digest, ItemId};

/// An anomaly is reported (62304:9.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyReport {
    /// The id in the firm's scheme, `A-2024-087`.
    pub anomaly: String,
    /// One line.
    pub title: String,
    /// What departs from what is expected.
    pub description: String,
    /// How it was found.
    pub found: String,
    /// How to reproduce it.
    pub reproduction: String,
    /// Affected items.
    #[serde(default)]
    pub affects: Vec<ItemId>,
    /// The affected function, in the words of the user.
    #[serde(default)]
    pub function: String,
    /// The version in which it was seen.
    pub version: String,
    /// Severity in the firm's scale: `minor`, `major`, `critical`, …
    pub severity: String,
    /// Criticality to performance, safety and security (62304:9.1).
    #[serde(default)]
    pub criticality: String,
}
record!(AnomalyReport, "anomaly/report/v1", process, self => self.anomaly.clone());

/// An anomaly is investigated (62304:9.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyInvestigate {
    /// The anomaly.
    pub anomaly: String,
    /// The cause, or why it could not be found.
    pub cause: String,
    /// Whether it is relevant to safety, judged through the risk file.
    pub safety_relevant: bool,
    /// Hazards that it could contribute to.
    #[serde(default)]
    pub hazards: Vec<ItemId>,
    /// What follows: a change request, or the reason for none.
    pub outcome: String,
}
record!(AnomalyInvestigate, "anomaly/investigate/v1", process, self => self.anomaly.clone());

/// The outcome of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluationOutcome {
    /// Does not contribute to an unacceptable risk.
    Acceptable,
    /// Contributes to an unacceptable risk: blocks the release, never waivable.
    Unacceptable,
}

/// An item that was looked at, with the text that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedItem {
    /// The item.
    pub item: ItemId,
    /// Its content digest: a later text was not judged.
    pub digest: Digest,
}

/// A residual anomaly is evaluated for one release (62304:5.8.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyEvaluate {
    /// The anomaly.
    pub anomaly: String,
    /// The release, and no other.
    pub release: String,
    /// The verdict.
    pub outcome: EvaluationOutcome,
    /// Hazards and hazardous situations considered.
    #[serde(default)]
    pub hazards: Vec<ItemId>,
    /// Controls that keep the risk acceptable.
    #[serde(default)]
    pub controls: Vec<ItemId>,
    /// Why.
    pub rationale: String,
    /// The items that were judged, with their digests: the evaluation is stale when one changed.
    #[serde(default)]
    pub judged: Vec<JudgedItem>,
    /// Where users are told, or empty where they are not.
    #[serde(default)]
    pub disclosed: String,
}
record!(AnomalyEvaluate, "anomaly/evaluate/v1", personal, self => format!("{} for {}", self.anomaly, self.release));

/// How an anomaly was disposed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Corrected in a version.
    Corrected,
    /// Known and not to be corrected: it stays residual.
    WontFix,
    /// The same as another one.
    Duplicate,
    /// No departure from what is expected after all.
    NotAnAnomaly,
}

/// An anomaly is disposed of (62304:9.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyResolve {
    /// The anomaly.
    pub anomaly: String,
    /// How.
    pub disposition: Disposition,
    /// The version that carries the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
    /// The change request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// The anomaly of which this is a duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// What was done, or why nothing.
    pub resolution: String,
}
record!(AnomalyResolve, "anomaly/resolve/v1", process, self => self.anomaly.clone());

/// A resolution is verified (62304:9.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyVerify {
    /// The anomaly.
    pub anomaly: String,
    /// Runs and cases that show it.
    pub evidence: String,
}
record!(AnomalyVerify, "anomaly/verify/v1", personal, self => self.anomaly.clone());

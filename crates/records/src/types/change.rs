//! Change requests (62304:6.2, 8.2).

use super::{carried, record};
use serde::{Deserialize, Serialize};
use vocabulary::ItemId;

/// A change is requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeOpen {
    /// The id, `CR-7`.
    pub change: String,
    /// One line.
    pub title: String,
    /// Why.
    pub reason: String,
    /// Affected items.
    #[serde(default)]
    pub affects: Vec<ItemId>,
    /// Problem reports and anomalies that it answers.
    #[serde(default)]
    pub answers: Vec<String>,
    /// A first word on the effect on safety; the analysis itself is a record of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub safety_analysis: String,
    /// The sort of change (ISO/IEC 14764).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ChangeCategory>,
}
record!(ChangeOpen, "change/open/v2", process, self => self.change.clone());

/// The first form of [`ChangeOpen`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of the second form")]
pub struct ChangeOpenV1 {
    pub change: String,
    pub title: String,
    pub reason: String,
    #[serde(default)]
    pub affects: Vec<ItemId>,
    #[serde(default)]
    pub answers: Vec<String>,
    #[serde(default)]
    pub safety_analysis: String,
}
record!(ChangeOpenV1, "change/open/v1", process, self => self.change.clone());

carried!(ChangeOpenV1 to ChangeOpen: change title reason affects answers safety_analysis; category: None);

/// Sorts of change, in the words of ISO/IEC 14764.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeCategory {
    /// Corrects a problem.
    Corrective,
    /// Keeps the software usable in a changed environment.
    Adaptive,
    /// Improves it.
    Perfective,
    /// Corrects a fault before it shows.
    Preventive,
}

impl ChangeCategory {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeCategory::Corrective => "corrective",
            ChangeCategory::Adaptive => "adaptive",
            ChangeCategory::Perfective => "perfective",
            ChangeCategory::Preventive => "preventive",
        }
    }
}

/// The effects of a change are analysed before it is approved (62304:6.2.3, 7.4.1, 8.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeAnalyse {
    /// The change request.
    pub change: String,
    /// The effect on the organisation: training, support, service.
    pub organisation: String,
    /// The effect on released software.
    pub software: String,
    /// The effect on systems that it interfaces with.
    pub interfaces: String,
    /// New causes of hazardous situations, new controls that are needed (62304:7.4.1).
    pub safety: String,
    /// Whether it is relevant to security.
    pub security_relevant: bool,
    /// Why, and what follows.
    pub security: String,
    /// Whether the safety class still holds (62304:8.2.2), and why.
    pub class_check: String,
    /// The steps of clause 5 that are repeated (62304:6.3.1, 8.2.2): `5.2`, `5.5`, `5.7`.
    pub repeats: Vec<String>,
    /// Items affected that the request did not name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<ItemId>,
}
record!(ChangeAnalyse, "change/analyse/v1", process, self => self.change.clone());

/// Which tests are run again after a change, and why these (62304:8.2.3, 5.7.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRegress {
    /// The change request.
    pub change: String,
    /// The test cases that are run again.
    pub tests: Vec<ItemId>,
    /// Those that the impact analysis names and that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<ItemId>,
    /// Why this selection suffices.
    pub reason: String,
}
record!(ChangeRegress, "change/regress/v1", personal, self => self.change.clone());

/// What a re-analysis of risk came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reanalysis {
    /// The controls hold as they are.
    ControlsHold,
    /// The risk file was worked over: 7.1 to 7.3 were repeated.
    RiskFileUpdated,
    /// Measures are needed that are not there yet.
    MeasuresNeeded,
}

/// A change touches a verified risk control, and the risk owner analysed the risk again (62304:7.4.2, 7.4.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeReanalyse {
    /// The change request.
    pub change: String,
    /// What it came to.
    pub outcome: Reanalysis,
    /// The risk controls that were looked at, with the text that was read.
    pub judged: Vec<super::JudgedItem>,
    /// Why.
    pub rationale: String,
}
record!(ChangeReanalyse, "change/reanalyse/v1", personal, self => self.change.clone());

/// A change request is approved (62304:8.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeApprove {
    /// The change request.
    pub change: String,
    /// On what grounds.
    pub reason: String,
}
record!(ChangeApprove, "change/approve/v1", personal, self => self.change.clone());

/// Commits implement a change (62304:8.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeImplement {
    /// The change request.
    pub change: String,
    /// The commits.
    pub commits: Vec<String>,
}
record!(ChangeImplement, "change/implement/v1", process, self => self.change.clone());

/// A change is verified (62304:8.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeVerify {
    /// The change request.
    pub change: String,
    /// Runs and reviews that show it.
    pub evidence: String,
}
record!(ChangeVerify, "change/verify/v1", personal, self => self.change.clone());

/// A change request is closed, done or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeClose {
    /// The change request.
    pub change: String,
    /// Whether it was done.
    pub done: bool,
    /// Why it is closed.
    pub reason: String,
}
record!(ChangeClose, "change/close/v1", process, self => self.change.clone());

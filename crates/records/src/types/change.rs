//! Change requests (62304:6.2, 8.2).

use super::record;
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
    /// The analysis of effect on safety and on existing risk controls (62304:7.4).
    #[serde(default)]
    pub safety_analysis: String,
}
record!(ChangeOpen, "change/open/v1", process, self => self.change.clone());

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

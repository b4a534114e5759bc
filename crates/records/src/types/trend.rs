//! Trends of problem reports and their review (62304:9.6), and saved questions.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// A trend analysis was read and judged by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrendReview {
    /// The first day that was counted.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The question that chose the anomalies; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// What the counts were grouped by: `item`, `category`, `version`, `severity`; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The analysis as JSON, by digest.
    pub analysis: Digest,
    /// The groups whose trend is adverse by the stated rule.
    #[serde(default)]
    pub adverse: Vec<String>,
    /// What was concluded.
    pub conclusion: String,
    /// The corrective action that an adverse trend opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capa: Option<String>,
}
record!(TrendReview, "trend/review/v1", personal, self => format!("trend to {}", self.to));

/// A question is saved under a name. The newest of a name holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSave {
    /// The name.
    pub view: String,
    /// `anomalies` or `changes`.
    pub of: String,
    /// The question; empty takes the view away.
    pub query: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
}
record!(ViewSave, "view/save/v1", process, self => self.view.clone());

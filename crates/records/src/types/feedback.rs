//! Maintenance (62304:6): where feedback comes from, how often it is evaluated, who was told, what is installed.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// A source of feedback is registered (62304:6.1, 6.2.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackSource {
    /// A short name: `hotline`, `app-store`, `soup-advisories`.
    pub source: String,
    /// What comes through it, and from whom.
    pub description: String,
    /// How many days may lie between two evaluations.
    pub every_days: u32,
    /// The role that evaluates it.
    pub owner: String,
    /// Whether it is in use.
    #[serde(default = "yes")]
    pub active: bool,
}
record!(FeedbackSource, "feedback/source/v1", process, self => self.source.clone());

fn yes() -> bool {
    true
}

/// What came through a source was evaluated (62304:6.2.1.2, 6.2.1.3). "Nothing came" is a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackEvaluate {
    /// The source.
    pub source: String,
    /// The first day that was looked at.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// How many messages there were.
    pub messages: u64,
    /// The problem reports that they led to.
    #[serde(default)]
    pub anomalies: Vec<String>,
    /// The complaints among them.
    #[serde(default)]
    pub complaints: Vec<String>,
    /// What was concluded: the effect on the safety of released software, whether a change is needed.
    pub conclusion: String,
}
record!(FeedbackEvaluate, "feedback/evaluate/v1", process, self => self.source.clone());

/// Users or regulators were told (62304:6.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeIssue {
    /// The id, `FSN-3`.
    pub notice: String,
    /// `users` or `regulators`.
    pub audience: String,
    /// The anomalies or changes that it is about.
    pub about: Vec<String>,
    /// The versions concerned.
    pub versions: Vec<String>,
    /// The problem and what follows when nothing is done; the change and how to get it.
    pub message: String,
    /// How and when it was sent, and its reference.
    pub sent: String,
}
record!(NoticeIssue, "notice/issue/v1", process, self => self.notice.clone());

/// A version was found installed, by a delivery check or a report from the field (62304:6.3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallationFind {
    /// Where: a site, a device, a host.
    pub installation: String,
    /// The version that it reports.
    pub version: String,
    /// The digests of its files, where they were taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<Digest>,
    /// How it was found.
    pub found: String,
}
record!(InstallationFind, "installation/find/v1", process, self => self.installation.clone());

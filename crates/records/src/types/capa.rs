//! Corrective and preventive action (13485:8.5.2, 13485:8.5.3), here or by reference to another quality management system.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A corrective action is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapaOpen {
    /// The id, `CAPA-1`.
    pub capa: String,
    /// What is wrong.
    pub description: String,
    /// The record that it answers.
    pub source: String,
}
record!(CapaOpen, "capa/open/v1", process, self => self.capa.clone());

/// A step of a corrective or preventive action, in the order in which they are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapaStage {
    /// What was done at once.
    Containment,
    /// The root cause.
    RootCause,
    /// The action that is planned.
    Plan,
    /// The action that was taken.
    Action,
}

impl CapaStage {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            CapaStage::Containment => "containment",
            CapaStage::RootCause => "root-cause",
            CapaStage::Plan => "plan",
            CapaStage::Action => "action",
        }
    }
}

/// Work on a corrective action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapaStep {
    /// The action.
    pub capa: String,
    /// Which step.
    pub stage: CapaStage,
    /// What was found out, planned or done.
    pub text: String,
    /// When the next step is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Anomalies, complaints and changes that it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Where it lives in another system, `veeva:QE-1042`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external: String,
}
record!(CapaStep, "capa/step/v1", process, self => self.capa.clone());

/// A corrective action is closed: its effectiveness was verified, or it was not needed (13485:8.5.2 f).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapaClose {
    /// The action.
    pub capa: String,
    /// Whether it was effective.
    pub effective: bool,
    /// How that was verified, or why it is closed without an action.
    pub evidence: String,
}
record!(CapaClose, "capa/close/v1", personal, self => self.capa.clone());

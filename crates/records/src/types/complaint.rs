//! Complaints (13485:8.2.2, 21 CFR 820.35 a) and decisions on reporting (MDR 87 to 89, 21 CFR 803 and 806).
//!
//! No personal data stands here: who complained and which patient it was about lie in an encrypted blob beside the ledger,
//! named by a keyed digest, and can be deleted without touching an entry.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A complaint came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReceive {
    /// The id, `CMP-12`.
    pub complaint: String,
    /// The device: name and version.
    pub device: String,
    /// The unique device identifier or lot, where it is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub udi: String,
    /// When it was received.
    pub received: Date,
    /// The day on which the firm became aware of what has to be judged for reporting.
    pub aware: Date,
    /// What is alleged, without personal data.
    pub nature: String,
    /// Where it lives in another system, `salesforce:00042`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external: String,
    /// The keyed digest of the encrypted personal data; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub person: String,
}
record!(ComplaintReceive, "complaint/receive/v1", process, self => self.complaint.clone());

/// A complaint is investigated, or it is said why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintInvestigate {
    /// The complaint.
    pub complaint: String,
    /// What was found out, or why no investigation is needed.
    pub result: String,
    /// Whether it is a problem of the software.
    pub problem: bool,
    /// The anomalies that it is tied to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anomalies: Vec<String>,
    /// The corrective actions that it is tied to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capas: Vec<String>,
    /// What the complainant was answered, and when.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
}
record!(ComplaintInvestigate, "complaint/investigate/v1", process, self => self.complaint.clone());

/// A decision on reporting to an authority, for a complaint or an anomaly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportabilityDecide {
    /// The complaint or anomaly.
    pub subject: String,
    /// The regulation, `mdr-87`, `mdr-88`, `mdr-89`, `cfr-803`, `cfr-806`.
    pub regulation: String,
    /// Whether it is reportable.
    pub reportable: bool,
    /// The day on which the firm became aware.
    pub aware: Date,
    /// The last day of the legal term, where it is reportable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Date>,
    /// The reason; for "no" the one that an inspector will read.
    pub reason: String,
    /// The authority's or the report's reference, once it was sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// When it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Date>,
}
record!(ReportabilityDecide, "reportability/decide/v1", personal, self => format!("{} under {}", self.subject, self.regulation));

/// A complaint is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintClose {
    /// The complaint.
    pub complaint: String,
    /// Why.
    pub reason: String,
}
record!(ComplaintClose, "complaint/close/v1", personal, self => self.complaint.clone());

/// The personal data of a complaint were deleted; the ledger stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintErase {
    /// The complaint.
    pub complaint: String,
    /// The keyed digest of what was deleted.
    pub person: String,
    /// On whose request or which term.
    pub reason: String,
}
record!(ComplaintErase, "complaint/erase/v1", process, self => self.complaint.clone());

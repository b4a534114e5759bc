//! Anomalies from report to verified resolution (62304:9) and their evaluation per release (62304:5.8.3).

use super::{carried, record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocabulary::{Date, Digest, ItemId};

/// An anomaly is reported (62304:9.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Criticality in one sentence, as the first form of the record had it (62304:9.1).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub criticality: String,
    /// What it means for performance (62304:9.1).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub performance: String,
    /// What it means for safety (62304:9.1).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub safety: String,
    /// What it means for security (62304:9.1).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub security: String,
    /// What it came from: complaints, feedback, corrective actions, records of other systems (`jira:TRI-12`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}
record!(AnomalyReport, "anomaly/report/v2", process, self => self.anomaly.clone());

impl AnomalyReport {
    /// Which of performance, safety and security nothing is said about. A criticality of the first form says all three.
    pub fn unsaid_criticality(&self) -> Vec<&'static str> {
        if !self.criticality.trim().is_empty() {
            return Vec::new();
        }
        let parts =
            [("performance", &self.performance), ("safety", &self.safety), ("security", &self.security)];
        parts.into_iter().filter_map(|(what, text)| text.trim().is_empty().then_some(what)).collect()
    }
}

/// Fields of a report are corrected or completed; what is absent stays as it was. The tracker that an anomaly is mirrored
/// from owns these fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyAmend {
    /// The anomaly.
    pub anomaly: String,
    /// The fields with their new values, by name.
    pub fields: BTreeMap<String, String>,
    /// The items affected, where they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affects: Option<Vec<ItemId>>,
    /// Why.
    pub reason: String,
}
record!(AnomalyAmend, "anomaly/amend/v1", process, self => self.anomaly.clone());

/// The names that an amendment may give.
pub const AMENDABLE: [&str; 10] = [
    "title",
    "description",
    "found",
    "reproduction",
    "function",
    "version",
    "severity",
    "performance",
    "safety",
    "security",
];

impl AnomalyAmend {
    /// Puts the new values into the report; names what is no field of it.
    pub fn apply(&self, report: &mut AnomalyReport) -> Result<(), String> {
        for (name, value) in &self.fields {
            let place = match name.as_str() {
                "title" => &mut report.title,
                "description" => &mut report.description,
                "found" => &mut report.found,
                "reproduction" => &mut report.reproduction,
                "function" => &mut report.function,
                "version" => &mut report.version,
                "severity" => &mut report.severity,
                "performance" => &mut report.performance,
                "safety" => &mut report.safety,
                "security" => &mut report.security,
                other => return Err(format!("`{other}` is no field of a report")),
            };
            place.clone_from(value);
        }
        if let Some(affects) = &self.affects {
            report.affects.clone_from(affects);
        }
        Ok(())
    }
}

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
    /// What was found out, and what follows.
    pub outcome: String,
    /// Whether it is a problem: a departure from what is expected (62304:6.2.1, 9.2).
    #[serde(default = "yes")]
    pub problem: bool,
    /// Whether it is relevant to security.
    #[serde(default)]
    pub security_relevant: bool,
    /// The sort of cause, in the firm's words: `requirements`, `design`, `coding`, `soup`, … (trends count by it).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The version that brought it in, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced_in: Option<String>,
    /// The change request that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Why none follows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub no_change: String,
}
record!(AnomalyInvestigate, "anomaly/investigate/v2", process, self => self.anomaly.clone());

fn yes() -> bool {
    true
}

/// Parties were advised of a problem (62304:9.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyAdvise {
    /// The anomaly.
    pub anomaly: String,
    /// Who was told: roles, customers, authorities.
    pub parties: Vec<String>,
    /// By which means, and the reference of the message.
    pub means: String,
    /// What they were told, or why nobody outside needs to be.
    pub message: String,
}
record!(AnomalyAdvise, "anomaly/advise/v1", process, self => self.anomaly.clone());

/// A resolved anomaly is open again: it came back, or its resolution was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyReopen {
    /// The anomaly.
    pub anomaly: String,
    /// Why.
    pub reason: String,
}
record!(AnomalyReopen, "anomaly/reopen/v1", process, self => self.anomaly.clone());

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
    /// Where users are told, in words, as the first form of the record had it; empty where they are not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub disclosed: String,
    /// Whether and where users are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
    /// The effect on operators and use, human factors considered (an entry of the FDA's list of unresolved anomalies).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub use_effects: String,
    /// Why it is not corrected in this release, in terms of risk.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub not_corrected: String,
    /// When and how it is to be corrected; empty where it is not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
}
record!(AnomalyEvaluate, "anomaly/evaluate/v2", personal, self => format!("{} for {}", self.anomaly, self.release));

/// Whether users are told of a residual anomaly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Yes or no.
    pub disclosed: bool,
    /// The controlled document that tells them: release notes, instructions for use.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// Its heading, where it is not the whole document.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Why they are not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Whether a release has an anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Affected {
    /// It has it.
    Affected,
    /// It has it not.
    NotAffected,
}

/// What becomes of users or regulators: told, or not, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Information {
    /// Whether they are to be told.
    pub needed: bool,
    /// The law or procedure that decides it, and why.
    pub reason: String,
    /// The last day for telling them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// An anomaly is judged against a release that is in the field (62304:6.2.1, 6.2.5, 9.2): an addendum of the sealed
/// release, which itself never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyField {
    /// The anomaly.
    pub anomaly: String,
    /// The sealed release.
    pub release: String,
    /// Whether that release has it.
    pub affected: Affected,
    /// Whether the risk with it is acceptable; `acceptable` where it is not affected.
    pub outcome: EvaluationOutcome,
    /// Hazards and hazardous situations considered.
    #[serde(default)]
    pub hazards: Vec<ItemId>,
    /// Why.
    pub rationale: String,
    /// Users of that version.
    pub users: Information,
    /// Regulators.
    pub regulators: Information,
    /// The anomaly's state when it was judged: the number of its last entry. A later finding was not judged.
    pub seen: u64,
}
record!(AnomalyField, "anomaly/field/v1", personal, self => format!("{} in {}", self.anomaly, self.release));

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

impl Disposition {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Corrected => "corrected",
            Disposition::WontFix => "wont-fix",
            Disposition::Duplicate => "duplicate",
            Disposition::NotAnAnomaly => "not-an-anomaly",
        }
    }
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

/// The records that an anomaly is mirrored from in a tracker. Says which issue it is, and what was last seen of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnomalyMirror {
    /// The anomaly here.
    pub anomaly: String,
    /// The tracker's name in `dossier.toml`.
    pub tracker: String,
    /// The issue's unchanging number or id there: a key that the tracker renames does not lose it.
    pub issue: String,
    /// The issue's key there, `TRI-12`.
    pub key: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The tracker's word for its state; `deleted` where it is gone.
    pub status: String,
    /// When the tracker changed it last, in its words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub updated: String,
    /// The digest of the fields that were taken over.
    pub digest: Digest,
}
record!(AnomalyMirror, "anomaly/mirror/v1", process, self => self.anomaly.clone());

/// First forms, kept readable.
pub mod v1 {
    use super::{EvaluationOutcome, JudgedItem, carried, record};
    use serde::{Deserialize, Serialize};
    use vocabulary::ItemId;

    /// The first form of [`super::AnomalyReport`].
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(missing_docs, reason = "the fields are those of the second form")]
    pub struct AnomalyReportV1 {
        pub anomaly: String,
        pub title: String,
        pub description: String,
        pub found: String,
        pub reproduction: String,
        #[serde(default)]
        pub affects: Vec<ItemId>,
        #[serde(default)]
        pub function: String,
        pub version: String,
        pub severity: String,
        #[serde(default)]
        pub criticality: String,
    }
    record!(AnomalyReportV1, "anomaly/report/v1", process, self => self.anomaly.clone());

    carried!(AnomalyReportV1 to super::AnomalyReport:
        anomaly title description found reproduction affects function version severity criticality;
        ..super::AnomalyReport::default());

    /// The first form of [`super::AnomalyInvestigate`].
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(missing_docs, reason = "the fields are those of the second form")]
    pub struct AnomalyInvestigateV1 {
        pub anomaly: String,
        pub cause: String,
        pub safety_relevant: bool,
        #[serde(default)]
        pub hazards: Vec<ItemId>,
        pub outcome: String,
    }
    record!(AnomalyInvestigateV1, "anomaly/investigate/v1", process, self => self.anomaly.clone());

    impl From<AnomalyInvestigateV1> for super::AnomalyInvestigate {
        fn from(i: AnomalyInvestigateV1) -> Self {
            super::AnomalyInvestigate {
                anomaly: i.anomaly,
                cause: i.cause,
                safety_relevant: i.safety_relevant,
                hazards: i.hazards,
                no_change: i.outcome.clone(),
                outcome: i.outcome,
                problem: true,
                security_relevant: false,
                category: String::new(),
                introduced_in: None,
                change: None,
            }
        }
    }

    /// The first form of [`super::AnomalyEvaluate`].
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(missing_docs, reason = "the fields are those of the second form")]
    pub struct AnomalyEvaluateV1 {
        pub anomaly: String,
        pub release: String,
        pub outcome: EvaluationOutcome,
        #[serde(default)]
        pub hazards: Vec<ItemId>,
        #[serde(default)]
        pub controls: Vec<ItemId>,
        pub rationale: String,
        #[serde(default)]
        pub judged: Vec<JudgedItem>,
        #[serde(default)]
        pub disclosed: String,
    }
    record!(AnomalyEvaluateV1, "anomaly/evaluate/v1", personal, self => format!("{} for {}", self.anomaly, self.release));

    carried!(AnomalyEvaluateV1 to super::AnomalyEvaluate:
        anomaly release outcome hazards controls rationale judged disclosed;
        disclosure: None, use_effects: String::new(), not_corrected: String::new(), plan: String::new());
}
pub use v1::*;

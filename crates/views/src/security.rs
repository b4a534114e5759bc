//! The cybersecurity file: threats with what answers them, security tests, vulnerabilities and their monitoring, and which of the
//! documents of premarket guidance are there.

use serde::Serialize;
use vocabulary::Date;

use crate::Ref;

/// A document that premarket guidance asks for, and what there is of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityDocument {
    /// The clause of the library, `fda-cyber:threat-model`.
    pub clause: Ref,
    /// Its title.
    pub title: String,
    /// `there`, `partly`, `missing`.
    pub state: String,
    /// What there is.
    pub evidence: Vec<String>,
    /// Documents that state the clause in their front matter, or are of its kind.
    pub documents: Vec<Ref>,
    /// What is missing; empty where nothing is known to be.
    pub missing: String,
}

/// A threat with what answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThreatRow {
    /// The threat.
    pub id: Ref,
    /// Its title.
    pub title: String,
    /// Categories of STRIDE.
    pub stride: String,
    /// The element of the data flow.
    pub element: String,
    /// Exploitability and impact before control: `medium / serious`.
    pub before: String,
    /// The same after control.
    pub after: String,
    /// Hazards that follow.
    pub hazards: Vec<Ref>,
    /// Requirements and controls that mitigate it.
    pub mitigations: Vec<Ref>,
    /// Test cases of the threat and of what mitigates it.
    pub tests: Vec<Ref>,
    /// Whether one of them has passed on this software, or a security test left nothing open.
    pub tested: bool,
    /// What is missing, in the words of the worst finding.
    pub gap: String,
}

/// A security test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityTestRow {
    /// `SEC-1`
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The tools.
    pub tools: Vec<String>,
    /// The day on which it was brought in.
    pub day: Date,
    /// Who answers for it.
    pub tester: String,
    /// Whether it tested the present software.
    pub current: bool,
    /// How many results count.
    pub results: u64,
    /// How many of them nobody judged.
    pub open: u64,
}

/// A known vulnerability of a component, as the last scan has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VulnerabilityRow {
    /// The id.
    pub id: String,
    /// Other ids.
    pub aliases: Vec<String>,
    /// The component with its version.
    pub component: String,
    /// `critical` … `low`; empty where there is no score.
    pub level: String,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// The release that was scanned; none for what is being developed.
    pub release: Option<String>,
    /// The scan.
    pub scan: String,
    /// The status that a person gave it; empty where nobody did.
    pub status: String,
    /// The reasoning.
    pub impact: String,
    /// The effect on safety.
    pub safety: String,
    /// Why it has to be judged again; empty where the judgement holds.
    pub confirm: String,
    /// Hazards and controls that were named.
    pub judged: Vec<Ref>,
    /// The entry of the judgement.
    pub entry: Option<u64>,
    /// Earlier judgements, newest first: `affected (entry 7, 2026-03-01)`.
    pub history: Vec<String>,
    /// The problem report that a watch opened.
    pub report: Option<Ref>,
    /// The day by which it is to be judged.
    pub due: Option<Date>,
}

/// A watch over the fielded releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WatchRow {
    /// `WATCH-1`
    pub id: String,
    /// Its day.
    pub day: Date,
    /// Whether every data set came and every release was scanned.
    pub whole: bool,
    /// What was done, in words.
    pub said: Vec<String>,
}

/// A data set in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdvisorySetRow {
    /// Its name.
    pub name: String,
    /// Its date.
    pub date: Date,
    /// How many days old it is at the as-of date.
    pub age_days: i64,
    /// How many advisories it has.
    pub advisories: u64,
    /// Where it came from.
    pub source: String,
}

/// A finding of the gate's section on security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityDuty {
    /// What is asked, in words.
    pub duty: String,
    /// `pass`, `finding`, `advisory`, `not-applicable`.
    pub verdict: crate::Verdict,
    /// What is missing, one line each.
    pub missing: Vec<String>,
}

/// The cybersecurity file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SecurityFile {
    /// Whether it is asked for, and why.
    pub scope: String,
    /// The section of the gate.
    pub duties: Vec<SecurityDuty>,
    /// The documents of premarket guidance.
    pub documents: Vec<SecurityDocument>,
    /// The threats.
    pub threats: Vec<ThreatRow>,
    /// The security tests, newest first.
    pub tests: Vec<SecurityTestRow>,
    /// Known vulnerabilities of the last scans, worst first.
    pub vulnerabilities: Vec<VulnerabilityRow>,
    /// What changed from one scan to the next, newest first: data sets that changed, findings that disappeared.
    pub events: Vec<String>,
    /// The data sets in force.
    pub datasets: Vec<AdvisorySetRow>,
    /// The last watches, newest first.
    pub watches: Vec<WatchRow>,
    /// The day by which the next watch is due; none where no release is in the field.
    pub next_watch: Option<Date>,
}

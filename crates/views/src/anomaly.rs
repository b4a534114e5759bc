//! Anomalies: the list, one anomaly, and the residual anomalies of a release.

use serde::Serialize;
use vocabulary::Instant;

use crate::{Cell, ItemHistoryRow, LinkCell, Ref, RegisterTable, Signature, Verdict};

/// An anomaly in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnomalyRow {
    /// The id, `A-2024-087`.
    pub id: Ref,
    /// The title.
    pub title: String,
    /// `reported`, `investigated`, `resolved`, …
    pub state: String,
    /// The severity in the tracker's words.
    pub severity: String,
    /// The version it was found in.
    pub found_in: String,
    /// The software item affected.
    pub affects: Vec<Ref>,
    /// When it was reported.
    pub reported: Instant,
    /// Where it was found: test, field, review, SOUP.
    pub origin: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// The evaluation of an anomaly for one release (5.8.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnomalyEvaluation {
    /// The release it was evaluated for.
    pub release: Ref,
    /// The judgement in words.
    pub judgement: String,
    /// Whether it contributes to an unacceptable risk.
    pub acceptable: bool,
    /// The hazards looked at.
    pub hazards: Vec<LinkCell>,
    /// The risk controls relied on.
    pub controls: Vec<LinkCell>,
    /// Who evaluated it.
    pub signature: Signature,
    /// The PRRC's signature, where the profile asks for it.
    pub prrc: Option<Signature>,
}

/// An anomaly that a release carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResidualAnomaly {
    /// The anomaly.
    pub anomaly: AnomalyRow,
    /// What happens, Markdown.
    pub description: String,
    /// How to reproduce it.
    pub reproduction: String,
    /// Why it is not corrected.
    pub rationale: String,
    /// The evaluation for this release; `None` is a finding where 5.8.3 applies.
    pub evaluation: Option<AnomalyEvaluation>,
}

/// The list of anomalies, on a page or frozen for a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnomalySnapshot {
    /// The rows.
    pub rows: Vec<AnomalyRow>,
    /// The query that was asked, so that an empty list is a statement.
    pub query: String,
}

/// One anomaly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnomalyPage {
    /// The anomaly as a release would carry it.
    pub anomaly: ResidualAnomaly,
    /// Evaluations for all releases, newest first.
    pub evaluations: Vec<AnomalyEvaluation>,
    /// Fields as recorded, and the records that it is tied to.
    pub fields: Vec<(String, Cell)>,
    /// What was decided of it besides the evaluations.
    pub tables: Vec<RegisterTable>,
    /// Its entries, newest first.
    pub history: Vec<ItemHistoryRow>,
}

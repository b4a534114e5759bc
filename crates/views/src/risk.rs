//! The risk chain: hazard, sequence of events, cause, control, verification, residual risk.

use serde::Serialize;

use crate::{Cover, LinkCell, Ref, ResultCell, Verdict};

/// Severity and probability, and what the product's matrix makes of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskEstimate {
    /// The severity's name, `serious`.
    pub severity: String,
    /// The probability's name, `remote`.
    pub probability: String,
    /// Computed from the product's acceptability matrix.
    pub acceptable: Acceptability,
}

/// What the acceptability matrix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acceptability {
    /// Acceptable.
    Acceptable,
    /// To be reduced as far as possible, with a rationale.
    Reduce,
    /// Not acceptable.
    Unacceptable,
    /// Severity or probability is not stated or not in the scale.
    Unknown,
}

impl Acceptability {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Acceptability::Acceptable => "acceptable",
            Acceptability::Reduce => "reduce",
            Acceptability::Unacceptable => "unacceptable",
            Acceptability::Unknown => "unknown",
        }
    }
}

/// One hazardous situation with one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskRow {
    /// The hazard, its title.
    pub hazard: LinkCell,
    /// The hazardous situation.
    pub situation: LinkCell,
    /// The harm.
    pub harm: String,
    /// The sequence of events.
    pub sequence: String,
    /// The software cause; `None` where only the situation is known.
    pub cause: Option<LinkCell>,
    /// Where the cause arises: software items, SOUP.
    pub arises_in: Vec<LinkCell>,
    /// Before control.
    pub before: RiskEstimate,
    /// The risk controls.
    pub controls: Vec<LinkCell>,
    /// What implements the controls.
    pub implemented: Vec<LinkCell>,
    /// The verification of the controls.
    pub verified: Vec<ResultCell>,
    /// After control.
    pub after: RiskEstimate,
    /// The verdict over the chain.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// A scale or the matrix of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskScale {
    /// `severity` or `probability`.
    pub name: String,
    /// The steps, each with its meaning.
    pub steps: Vec<(String, String)>,
}

/// The risk page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskPage {
    /// The rows, by hazard.
    pub rows: Vec<RiskRow>,
}

/// The risk management file as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskFile {
    /// The cover.
    pub cover: Cover,
    /// Introduction, Markdown.
    pub intro: String,
    /// The scales.
    pub scales: Vec<RiskScale>,
    /// The plan that they come from.
    pub plan: Option<Ref>,
    /// The chains.
    pub rows: Vec<RiskRow>,
}

//! Findings: what, where, why and the next step.

use serde::Serialize;

use crate::{Ref, Verdict};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingPlace {
    /// The file, relative to the product's root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is to be seen there; empty at the primary place.
    pub note: String,
    /// The text of that line, when known.
    pub snippet: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The rule's number, `R0042`.
    pub rule: Ref,
    /// The rule's name, `unevaluated-residual-anomaly`.
    pub name: String,
    /// Finding, human, advisory, or waived.
    pub verdict: Verdict,
    /// What is wrong, understandable alone.
    pub message: String,
    /// The item or record it is about.
    pub subject: Option<Ref>,
    /// The clauses it counts against.
    pub clauses: Vec<Ref>,
    /// Where.
    pub place: Option<FindingPlace>,
    /// Related places along the trace.
    pub related: Vec<FindingPlace>,
    /// Why it matters.
    pub why: String,
    /// What to do next, in words.
    pub help: String,
    /// The command that does it, or shows more.
    pub command: Option<String>,
    /// Who waived it, until when, and why.
    pub waived: Option<String>,
}

/// All findings, worst first. Pages filter; a source gives everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingsOverview {
    /// The rows.
    pub rows: Vec<FindingRow>,
}

//! Clauses of the standard, each with its verdict.

use serde::Serialize;

use crate::{Evidence, FindingRow, Ref, Verdict};

/// One clause for one software system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseRow {
    /// The clause, `62304:5.8.3`.
    pub clause: Ref,
    /// Its title, in our words.
    pub title: String,
    /// The classes it applies to, `B C`.
    pub classes: String,
    /// The software system it was judged for; empty for the whole product.
    pub subject: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// How it is checked, `rule R0042, signed evaluation`.
    pub checked_by: Vec<String>,
    /// How much evidence stands behind it.
    pub evidence: usize,
}

/// All clauses, in the order of the standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseList {
    /// The rows.
    pub rows: Vec<ClauseRow>,
}

/// One clause with everything that bears on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClausePage {
    /// The clause.
    pub clause: Ref,
    /// Its title in our words.
    pub title: String,
    /// Its verdicts, one for each software system; none where the product is not judged by this clause.
    pub rows: Vec<ClauseRow>,
    /// What the clause asks for, in our words, Markdown.
    pub summary: String,
    /// The evidence.
    pub evidence: Vec<Evidence>,
    /// The findings against it.
    pub findings: Vec<FindingRow>,
    /// Related clauses of other standards.
    pub crosswalk: Vec<(Ref, String)>,
}

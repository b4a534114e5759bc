//! The first page: what holds, what does not, and what comes next.

use serde::Serialize;

use crate::{FindingRow, LedgerRow, ReleaseRow, Verdict};

/// A software system with its class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SystemRow {
    /// The system's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The class, `B`.
    pub class: String,
    /// Why that class.
    pub reason: String,
}

/// Verdicts over the clauses of one chapter, as a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverageBar {
    /// The chapter, `5.7`.
    pub chapter: String,
    /// Its title.
    pub title: String,
    /// How many of each verdict, worst first.
    pub counts: Vec<(Verdict, usize)>,
}

/// The first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The verdict over everything.
    pub verdict: Verdict,
    /// One sentence that a quality manager understands.
    pub headline: String,
    /// The reason in one more sentence.
    pub reason: String,
    /// The software systems.
    pub systems: Vec<SystemRow>,
    /// Verdicts by chapter.
    pub chapters: Vec<CoverageBar>,
    /// The worst findings; the full list is a page of its own.
    pub findings: Vec<FindingRow>,
    /// The newest releases.
    pub releases: Vec<ReleaseRow>,
    /// The newest entries.
    pub recent: Vec<LedgerRow>,
    /// How many items, links, results were read.
    pub read: Vec<(String, usize)>,
}

//! What every page has around its own content.

use serde::Serialize;

use crate::Inputs;

/// A page: the inputs, the counts beside the menu, and the content.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// What it was computed from.
    pub inputs: Inputs,
    /// The counts in the menu.
    pub badges: Badges,
    /// The page's own content.
    pub body: T,
}

/// Counts of what needs attention, shown beside the menu entries; zero shows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Badges {
    /// Open findings of level error.
    pub findings: usize,
    /// Rows of the matrix that are not fully verified.
    pub matrix: usize,
    /// Risk rows with a gap.
    pub risk: usize,
    /// SOUP items with a finding.
    pub soup: usize,
    /// Open anomalies.
    pub anomalies: usize,
    /// Documents whose current text has no approval.
    pub documents: usize,
}

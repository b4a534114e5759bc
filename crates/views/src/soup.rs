//! Software of unknown provenance: the register joined with SBOM and reviews.

use serde::Serialize;
use vocabulary::Date;

use crate::{AnomalyRow, FindingRow, Ref, Signature, Verdict};

/// One SOUP item or component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoupRow {
    /// The SOUP item that covers it; a component that nothing covers has its purl here.
    pub id: Ref,
    /// The name.
    pub title: String,
    /// The exact version.
    pub version: String,
    /// The package URL.
    pub purl: String,
    /// Who makes it.
    pub supplier: String,
    /// The licence expression.
    pub licence: String,
    /// What it is for: functional and performance requirements.
    pub requirements: String,
    /// What it needs: hardware, software.
    pub needs: String,
    /// Software items that use it.
    pub used_by: Vec<Ref>,
    /// Where its anomalies are published.
    pub anomaly_list: String,
    /// The last review of that list.
    pub reviewed: Option<Date>,
    /// Age of that review in days at the as-of date.
    pub review_age_days: Option<i64>,
    /// Support level and end of support, with the source of the fact.
    pub support: String,
    /// Known vulnerabilities that are not assessed.
    pub unassessed: usize,
    /// Whether it is there only because another component needs it.
    pub transitive: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// The register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoupList {
    /// Introduction, Markdown.
    pub intro: String,
    /// The rows.
    pub rows: Vec<SoupRow>,
    /// Where the versions come from: lock file or SBOM, with its digest.
    pub version_source: String,
}

/// One SOUP item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoupPage {
    /// The row of the register.
    pub row: SoupRow,
    /// The components it covers.
    pub components: Vec<SoupRow>,
    /// Reviews of its anomaly list, newest first.
    pub reviews: Vec<Signature>,
    /// Published anomalies that were judged relevant.
    pub anomalies: Vec<AnomalyRow>,
    /// Findings about it.
    pub findings: Vec<FindingRow>,
}

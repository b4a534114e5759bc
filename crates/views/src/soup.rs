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
    /// Known vulnerabilities of the last scan by what people said of them; none where it was never scanned.
    pub known: Option<KnownVulnerabilities>,
    /// Those of `known` that are not assessed, as the first form of the release record has them; 0 says nothing where `known` is none.
    pub unassessed: usize,
    /// Whether it is there only because another component needs it.
    pub transitive: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// How many known vulnerabilities something has, by how far they are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KnownVulnerabilities {
    /// All that the last scan found.
    pub found: usize,
    /// Nobody judged them for this version.
    pub unassessed: usize,
    /// Somebody is at it: under investigation.
    pub reviewing: usize,
}

impl SoupRow {
    /// What is known of its vulnerabilities, in words: what nobody looked up is not "none".
    pub fn known_in_words(&self) -> String {
        match self.known {
            None => "not scanned".to_owned(),
            Some(KnownVulnerabilities { found: 0, .. }) => "none known".to_owned(),
            Some(KnownVulnerabilities { found, unassessed, reviewing }) => {
                let part =
                    |n: usize, word: &str| if n == 0 { String::new() } else { format!(", {n} {word}") };
                format!("{found} known{}{}", part(unassessed, "unassessed"), part(reviewing, "reviewing"))
            }
        }
    }
}

/// A version whose published anomalies are to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewDue {
    /// The SOUP item.
    pub item: Ref,
    /// Its title.
    pub title: String,
    /// The exact version.
    pub version: String,
    /// Why: never reviewed, for another version only, too long ago.
    pub why: String,
    /// Whether a cause of a hazardous situation arises in it.
    pub safety: bool,
}

/// The last comparison of an environment with its declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DriftRow {
    /// The environment and the form that it was observed in.
    pub environment: String,
    /// When.
    pub at: Date,
    /// How many things were compared.
    pub compared: u64,
    /// What differs, a line each, as many as the entry holds.
    pub differences: Vec<String>,
    /// How many differences there are.
    pub drifted: u64,
    /// The change requests that they belong to.
    pub changes: Vec<Ref>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A licence and how many shipped components are under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceCount {
    /// As it is stated; empty where nothing is.
    pub licence: String,
    /// How many.
    pub components: usize,
    /// What the policy says of it.
    pub verdict: Verdict,
    /// What is wrong with it; empty when nothing is.
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
    /// What does not fit together, in both directions: components in no item, items without a component, versions that disagree.
    pub differences: Vec<String>,
    /// Reviews that are due, what a hazard hangs on first.
    pub due: Vec<ReviewDue>,
    /// The environments, each as last compared; empty where none was.
    pub drift: Vec<DriftRow>,
    /// The licences of what is shipped, worst first.
    pub licences: Vec<LicenceCount>,
    /// Which scan the known vulnerabilities are from, in words.
    pub scan: String,
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

//! Known vulnerabilities: data sets as their publishers ship them, an index of them, and the match with components.
//!
//! A data set is bytes with a digest and a date; the index is made of data sets alone and can be made again from them. It
//! touches no network and no file: who calls brings the bytes. What cannot be read refuses the data set, because an
//! advisory that is left out would be a silent pass.

mod csaf;
mod data_set;
mod epss;
mod evaluate;
mod ghsa;
mod index;
mod kev;
mod matching;
mod nvd;
mod osv;
mod pack;
mod package;
mod score;

pub use data_set::{DataSet, Error, Format, Unreadable, bundle, read};
pub use index::{Index, IndexError, Pinned, build};
pub use matching::{Match, Scan, Score, scan};
pub use package::ecosystem_of;
pub use score::{Level, level_of, score_of};

use serde::{Deserialize, Serialize};

/// One advisory, as far as matching and judging need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Advisory {
    pub(crate) id: String,
    /// Other ids of the same vulnerability.
    pub(crate) aliases: Vec<String>,
    pub(crate) summary: String,
    /// RFC 3339, as written.
    pub(crate) modified: String,
    pub(crate) published: String,
    pub(crate) withdrawn: Option<String>,
    pub(crate) severities: Vec<Severity>,
    /// `CWE-79`
    pub(crate) cwes: Vec<String>,
    pub(crate) affected: Vec<Affected>,
}

/// A score as its publisher gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Severity {
    /// `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, or the publisher's own scale.
    #[serde(rename = "type")]
    pub system: String,
    /// The vector, or the word of an own scale.
    #[serde(rename = "score")]
    pub vector: String,
}

/// A package and the versions of it that are affected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Affected {
    /// What the index is asked with: see [`package`].
    pub(crate) key: String,
    pub(crate) fragment: Fragment,
}

/// The versions of a package that an advisory is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fragment {
    /// The ecosystem with its release: `Debian:12`.
    #[serde(rename = "e")]
    pub(crate) ecosystem: String,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ranges: Vec<Range>,
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) versions: Vec<String>,
    /// There are ranges of commits only, or nothing at all: no version can be judged by them.
    #[serde(rename = "u", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) undecidable: bool,
}

/// Events in the order of their versions make intervals (OSV schema, "evaluation").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Range {
    /// Whether versions are ordered by Semantic Versioning whatever the ecosystem.
    #[serde(rename = "s", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) semver: bool,
    #[serde(rename = "e")]
    pub(crate) events: Vec<Event>,
}

/// A version at which being affected begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    #[serde(rename = "i")]
    Introduced(String),
    #[serde(rename = "f")]
    Fixed(String),
    #[serde(rename = "l")]
    LastAffected(String),
}

/// What is known of a CVE beside advisories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Exploited in the wild, says CISA's catalogue.
    #[serde(rename = "kev")]
    Kev(Kev),
    /// Probability of exploitation in the next 30 days, says FIRST.
    #[serde(rename = "epss")]
    Epss(Epss),
}

/// An entry of the catalogue of known exploited vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kev {
    /// When it was added, `2021-12-10`.
    pub added: String,
    /// By when federal agencies have to act.
    pub due: String,
    /// Whether it is used in ransomware campaigns: `Known`, `Unknown`.
    pub ransomware: String,
    /// What CISA says is to be done.
    pub action: String,
}

/// A score of the Exploit Prediction Scoring System, decimal numbers as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epss {
    /// Probability, 0 to 1.
    pub score: String,
    /// Rank among all CVEs, 0 to 1.
    pub percentile: String,
}

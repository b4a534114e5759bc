//! The result of a review: what is written as `dossier/review/v1`.

use crate::compare::Comparison;
use crate::cross::CrossCheck;
use crate::gaps::FoundGap;
use crate::model::ModelUse;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format's name.
pub const FORMAT: &str = "dossier/review/v1";

/// What the documents show of a thing that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A passage says it.
    Met,
    /// No document can show it, or a person has to judge it.
    Human,
    /// It is said of another version.
    Outdated,
    /// Some of it is said.
    Partly,
    /// A blank form has a place for it.
    TemplateOnly,
    /// No passage says it.
    NotFound,
    /// A passage denies it.
    Contradicted,
}

impl Verdict {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Human => "human",
            Verdict::Outdated => "outdated",
            Verdict::Partly => "partly",
            Verdict::TemplateOnly => "template only",
            Verdict::NotFound => "not found",
            Verdict::Contradicted => "contradicted",
        }
    }

    /// The verdict over several: all met is met, some met is partly, a contradiction outweighs all.
    pub fn of(parts: &[Verdict]) -> Verdict {
        let any = |v: Verdict| parts.contains(&v);
        let judged: Vec<Verdict> = parts.iter().copied().filter(|v| *v != Verdict::Human).collect();
        if any(Verdict::Contradicted) {
            Verdict::Contradicted
        } else if judged.is_empty() {
            Verdict::Human
        } else if judged.iter().all(|v| *v == Verdict::Met) {
            Verdict::Met
        } else if judged.iter().all(|v| matches!(v, Verdict::Met | Verdict::Outdated)) {
            Verdict::Outdated
        } else if any(Verdict::Met) || any(Verdict::Partly) || any(Verdict::Outdated) {
            Verdict::Partly
        } else if any(Verdict::TemplateOnly) {
            Verdict::TemplateOnly
        } else {
            Verdict::NotFound
        }
    }
}

/// A passage, word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The file.
    pub file: String,
    /// The page, slide or sheet; none where the format has no pages.
    pub page: Option<u32>,
    /// The heading above it.
    pub heading: String,
    /// The passage.
    pub text: String,
    /// How well it fits, 0 to 1.
    pub score: f64,
}

/// What was searched where nothing was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// Files read.
    pub files: usize,
    /// Passages in them.
    pub passages: usize,
    /// Passages that were looked at closely.
    pub candidates: usize,
    /// Ways to say it that were looked for.
    pub phrasings: Vec<String>,
}

/// A facet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FacetResult {
    /// Its id in the library.
    pub id: String,
    /// What a passage must say.
    pub must: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why; empty where the quotation says it.
    #[serde(default)]
    pub reason: String,
    /// The passages that it rests on.
    pub quotes: Vec<Quote>,
    /// What was searched; only where nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
    /// Whether a language model judged it.
    #[serde(default)]
    pub by_model: bool,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConstraintResult {
    /// Its id in the library.
    pub id: String,
    /// What has to be so.
    pub text: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// The passages that it rests on.
    pub quotes: Vec<Quote>,
    /// Its facets.
    pub facets: Vec<FacetResult>,
    /// What a person decided of it: `confirmed`, `rejected`; with who, when and the comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<crate::decisions::Decision>,
    /// Whether a decision was made on another passage and has to be made again.
    #[serde(default)]
    pub ask_again: bool,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClauseResult {
    /// Its id.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// The safety classes that it is due for.
    pub classes: String,
    /// The verdict over its constraints.
    pub verdict: Verdict,
    /// Files whose name or title fits a kind of document that usually holds the answer: kind and file.
    pub expected_files: Vec<(String, String)>,
    /// Its constraints.
    pub constraints: Vec<ConstraintResult>,
    /// What to answer an auditor, with the documents that were found.
    pub defence: String,
    /// What a firm that works by ISO 13485 has already.
    pub carries_over: String,
    /// What it does not have yet.
    pub new: String,
    /// Where else the same documents are asked for.
    pub related: Vec<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewedFile {
    /// Its name.
    pub file: String,
    /// Its SHA-256.
    pub digest: String,
    /// Its title.
    pub title: String,
    /// Its id as it stands in it.
    pub id: String,
    /// The kinds of document that its name or title fits.
    pub kinds: Vec<String>,
    /// Its language: `en` or `de`.
    pub language: String,
    /// Number of pages.
    pub pages: u32,
    /// Whether it is a blank form.
    pub template: bool,
    /// Notes of the reader.
    pub notes: Vec<String>,
    /// The clauses that it has a passage for.
    pub clauses: Vec<String>,
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadFile {
    /// Its name.
    pub file: String,
    /// Why, in words.
    pub reason: String,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// [`FORMAT`].
    pub format: String,
    /// What was reviewed.
    pub source: String,
    /// The product, where it was named.
    pub product: Option<String>,
    /// The product's version, where it was named.
    pub version: Option<String>,
    /// The safety class that was asked for, where one was.
    pub class: Option<String>,
    /// The day of the review.
    pub as_of: String,
    /// Digest of the library's guides.
    pub library: String,
    /// How much of the standard the library covers: clauses with a guide, clauses in force.
    pub coverage: (usize, usize),
    /// The clauses.
    pub clauses: Vec<ClauseResult>,
    /// The gaps, worst first.
    pub gaps: Vec<FoundGap>,
    /// What documents say against each other.
    pub cross_checks: Vec<CrossCheck>,
    /// The files that were read.
    pub files: Vec<ReviewedFile>,
    /// The files that were not read, each with its reason.
    pub unread: Vec<UnreadFile>,
    /// The use of a language model, where one was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
    /// What changed since an earlier review, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

impl Review {
    /// How many constraints have each verdict.
    pub fn counts(&self) -> BTreeMap<Verdict, usize> {
        let mut out = BTreeMap::new();
        for constraint in self.clauses.iter().flat_map(|c| &c.constraints) {
            *out.entry(constraint.verdict).or_default() += 1;
        }
        out
    }
}

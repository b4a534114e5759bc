//! What is known of a clause beyond its row: what it asks, why, what an auditor looks at, and how a document shows it.
//!
//! The texts are ours. They explain a clause to people and tell `review` what to look for; no verdict of `check` reads
//! them. `docs/formats/library.md` describes the files.

use crate::defence::Defence;
use crate::phrase::Phrase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A clause group of the standard: one file of `library/iec62304/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id: `62304:5.8`.
    pub id: String,
    /// Our own short title.
    pub title: String,
    /// What the group is about, in two or three sentences.
    pub about: String,
    /// The guides of its clauses, in numeric order.
    pub guides: Vec<Guide>,
}

/// What is known of one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The clause: `62304:5.8.3`.
    pub clause: String,
    /// What it asks for, in our words.
    pub asks: String,
    /// Why it exists.
    pub why: String,
    /// What Amendment 1 of 2015 changed.
    pub amendment: Amendment,
    /// What a firm that works by ISO 13485 has already.
    pub carries_over: String,
    /// What it does not have yet.
    pub new: String,
    /// Where an auditor looks.
    pub audit_focus: String,
    /// The question to put to a document that is said to be evidence for the clause.
    pub question: String,
    /// The kinds of documents in which the evidence usually stands, likeliest first: ids of [`DocumentKind`].
    pub documents: Vec<String>,
    /// The atomic constraints.
    pub constraints: Vec<Constraint>,
    /// What is usually missing.
    pub gaps: Vec<Gap>,
    /// What to answer an auditor.
    pub defence: Defence,
    /// Clauses to read beside it, of this or other standards.
    pub related: Vec<String>,
}

/// What Amendment 1 of 2015 did to a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// The kind of change.
    pub change: Change,
    /// What changed; empty where nothing did.
    pub text: String,
}

/// The kind of change that Amendment 1 made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// None that the sources of this library name.
    None,
    /// The clause is new.
    New,
    /// It became due for class A.
    ClassA,
    /// Its content changed.
    Content,
    /// Its heading changed.
    Title,
}

impl Change {
    /// The change in words.
    pub fn about(self) -> &'static str {
        match self {
            Change::None => "no change that the sources of this library name",
            Change::New => "new in Amendment 1",
            Change::ClassA => "due for class A since Amendment 1",
            Change::Content => "content changed by Amendment 1",
            Change::Title => "heading changed by Amendment 1",
        }
    }
}

/// One thing that a clause asks for and that is met or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Stable id: `62304:5.8.1/tasks-done`.
    pub id: String,
    /// What has to be so.
    pub text: String,
    /// The safety classes that it is due for.
    pub classes: Vec<String>,
    /// An example that satisfies it.
    pub satisfied: String,
    /// An example that breaks it.
    pub broken: String,
    /// What a document that shows it has to say; empty only where `outside` says why no document can.
    pub facets: Vec<Facet>,
    /// Why no document can show it.
    pub outside: Option<String>,
}

impl Constraint {
    /// Whether it is due for software of this class.
    pub fn applies_to(&self, class: &str) -> bool {
        self.classes.iter().any(|c| c == class)
    }
}

/// One thing that an answer must contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// Stable id: `62304:5.8.1/tasks-done/complete`.
    pub id: String,
    /// What the passage must say.
    pub must: String,
    /// Kinds of values of which one each has to stand in the passage or its table row.
    pub needs: Vec<Value>,
    /// How it is said, by language.
    pub wording: BTreeMap<Language, Wording>,
}

/// A language of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
}

/// How a facet is said in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// It is so.
    pub says: Vec<Phrase>,
    /// It is not so: a passage that says this contradicts the facet.
    pub denies: Vec<Phrase>,
    /// Sounds like it and is not: a passage that only says this shows nothing.
    pub near: Vec<Phrase>,
    /// At least one of these stands in the passage, its headings or its table's head, or `says` means something else.
    pub context: Vec<Phrase>,
}

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// A version: `2.4.0`.
    Version,
    /// A date.
    Date,
    /// The id of an item, document or record: `AN-17`, `DOC-SDP`.
    Identifier,
    /// A person's name or role.
    Person,
    /// A number.
    Number,
    /// A digest or checksum.
    Digest,
    /// A safety class: A, B or C.
    Class,
    /// A length of time: `10 years`.
    Period,
}

/// What is usually missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Stable id: `62304:5.8.1/gap-cut-for-date`.
    pub id: String,
    /// In a few words.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what follows from it.
    pub text: String,
    /// What it looks like in a firm.
    pub example: String,
    /// What to add.
    pub add: String,
    /// Ids of constraints of the same clause: the gap is raised where one of them is not met.
    pub missing: Vec<String>,
    /// How documents give the gap away, by language: it is raised where one of these is said.
    pub signs: BTreeMap<Language, Vec<Phrase>>,
}

/// How bad a gap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Patients may be harmed, or a release cannot be defended at all.
    Critical,
    /// A duty of the clause is not met.
    Major,
    /// It is met in part, or the proof is weak.
    Moderate,
    /// A blemish.
    Minor,
}

impl Severity {
    /// The word that files and output use.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Major => "major",
            Severity::Moderate => "moderate",
            Severity::Minor => "minor",
        }
    }
}

/// A kind of document, and how a file of it is usually named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentKind {
    /// `release-record`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// A regular expression (case does not count) over file names and titles.
    pub pattern: String,
    /// The clauses that a document of this kind is made for. Whether one is there says a name; what it holds, it does not.
    pub stands_for: Vec<String>,
}

//! The live traceability matrix.

use serde::Serialize;
use vocabulary::SafetyClass;

use crate::{Outcome, Ref, Verdict};

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Confirmed against the target's present text.
    Current,
    /// The target changed since the link was confirmed.
    Suspect,
    /// Never confirmed, or the stamp has no record.
    Unconfirmed,
    /// The target does not exist.
    Dangling,
    /// The target is of a kind that this link cannot have.
    WrongKind,
    /// Stated twice.
    Duplicate,
}

impl LinkState {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkState::Current => "current",
            LinkState::Suspect => "suspect",
            LinkState::Unconfirmed => "unconfirmed",
            LinkState::Dangling => "dangling",
            LinkState::WrongKind => "wrong kind",
            LinkState::Duplicate => "duplicate",
        }
    }

    /// Whether the link proves something.
    pub fn is_sound(self) -> bool {
        self == LinkState::Current
    }
}

/// A link as a cell shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkCell {
    /// The link type, `satisfies`.
    pub link: String,
    /// The other end.
    pub target: Ref,
    /// The other end's title; empty when it does not exist.
    pub title: String,
    /// The state.
    pub state: LinkState,
    /// The stamp that the link carries, 8 hex digits.
    pub stamp: Option<String>,
}

/// A test case with what its latest results say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultCell {
    /// The test case and the state of its link.
    pub case: LinkCell,
    /// `unit`, `integration` or `system`.
    pub level: String,
    /// The outcome on the software digest that the page is about.
    pub outcome: Outcome,
    /// How many results stand behind it.
    pub results: usize,
    /// The run of the newest result.
    pub run: Option<Ref>,
}

/// One requirement or risk control with everything before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The requirement.
    pub id: Ref,
    /// Its kind in words.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// The class it is verified under.
    pub class: Option<SafetyClass>,
    /// What it comes from: system requirements, risk controls.
    pub sources: Vec<LinkCell>,
    /// Where it lives: software items.
    pub allocated: Vec<LinkCell>,
    /// What implements it: units, detailed design.
    pub implemented: Vec<LinkCell>,
    /// What verifies it.
    pub tests: Vec<ResultCell>,
    /// The verdict over the row.
    pub verdict: Verdict,
    /// What is missing, in a few words; empty when nothing is.
    pub gap: String,
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The rows, in the order of the documents.
    pub rows: Vec<MatrixRow>,
}

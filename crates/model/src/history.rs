//! The history between a baseline and a commit: which change request covers each commit, and what each change touched.
//!
//! Found out by whoever reads the repository, because this crate does no I/O; read by rules, lists and reports.

use std::collections::BTreeMap;
use vocabulary::ItemId;

/// How a commit came to be tied to a change request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Its message says so: `Change: CR-7`.
    Trailer,
    /// A merge that brought it in names the change, in its message.
    Merge(String),
    /// The branch through which the ledger first saw it names the change.
    Branch(String),
    /// A record names the commit.
    Record,
    /// A commit with the same patch is tied to the change: a rebase gave it another id.
    Patch(String),
}

impl Tie {
    /// In words.
    pub fn to_text(&self) -> String {
        match self {
            Tie::Trailer => "trailer".into(),
            Tie::Merge(commit) => format!("merge {}", short(commit)),
            Tie::Branch(branch) => format!("branch {branch}"),
            Tie::Record => "record".into(),
            Tie::Patch(commit) => format!("same patch as {}", short(commit)),
        }
    }
}

/// The beginning of a commit's id, for people.
pub fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// A commit after the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// The first line of its message.
    pub summary: String,
    /// The change requests that it is tied to, each with the strongest tie.
    pub changes: BTreeMap<String, Tie>,
    /// Change requests that its message names and that do not exist.
    pub unknown: Vec<String>,
    /// The configuration items that it touches, sorted; merges are looked at through their parts.
    pub touches: Vec<String>,
    /// The entry that first observed it, or its patch; none where the ledger has never seen it.
    pub observed: Option<u64>,
    /// Whether it was observed only because a release was opened.
    pub at_release: bool,
}

/// What a change touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Paths.
    pub paths: Vec<String>,
    /// Items whose text or source changed.
    pub items: Vec<ItemId>,
    /// Risk controls among them, or carried by them, that a test verifies (62304:7.4.2).
    pub controls: Vec<ItemId>,
    /// Test cases that hang on them.
    pub tests: Vec<ItemId>,
    /// Whether an architecture, an external control or a class is among what changed (62304:8.2.2).
    pub class: bool,
    /// SOUP that came, went or changed its version.
    pub soup: Vec<String>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The version of the baseline.
    pub baseline: String,
    /// Its commit.
    pub from: String,
    /// The commit up to which it was looked at.
    pub to: String,
    /// Why the history could not be read; it says nothing then.
    pub missing: Option<String>,
    /// The commits, newest first.
    pub commits: Vec<Commit>,
    /// What each change touched, by its id.
    pub touched: BTreeMap<String, Touched>,
}

impl History {
    /// The commits of a change, newest first.
    pub fn of_change<'a>(&'a self, change: &'a str) -> impl Iterator<Item = &'a Commit> {
        self.commits.iter().filter(move |c| c.changes.contains_key(change))
    }
}

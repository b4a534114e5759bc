//! Metrics of the life cycle: ten figures, each with its definition, its target, what it counted and what did not count.
//!
//! A figure is a pure function of the state at a position of the ledger, the documents at a commit, and a date. So a past
//! figure is computed again, never looked up: nothing is kept. Where there is nothing to count, a figure has no value and
//! says why; it is never "100 % of nothing".

mod documents;
mod draw;
mod problems;
mod releases;
mod targets;

pub use draw::{to_svg, to_text};
pub use targets::Targets;

use model::Model;
use model::class::Classes;
use model::components::ComponentGraph;
use model::history::History;
use model::results::Joined;
use records::State;
use serde::Serialize;
use vocabulary::{Date, Digest};

/// What figures are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The records.
    pub state: &'a State,
    /// The last day that counts.
    pub as_of: Date,
    /// What the firm aims at.
    pub targets: &'a Targets,
    /// The documents; none where no baseline was known.
    pub documents: Option<Documents<'a>>,
}

/// The documents of a commit with what was tested.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// Items and links.
    pub model: &'a Model,
    /// Safety classes.
    pub classes: &'a Classes,
    /// Results of tests.
    pub results: &'a Joined,
    /// The software that results have to be of.
    pub software: Option<Digest>,
    /// Components of lock files and SBOM.
    pub components: &'a ComponentGraph,
    /// What each change touched since the baseline, where there is one.
    pub history: Option<&'a History>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sense {
    /// The value is to be at least the target.
    AtLeast,
    /// The value is to be at most the target.
    AtMost,
}

/// What a figure is held to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Which way.
    pub sense: Sense,
    /// The bound; none where only the condition counts.
    pub value: Option<f64>,
    /// In words.
    pub text: String,
    /// Whether the firm set it in `dossier.toml`; else it is this product's default.
    pub own: bool,
}

/// Whether a figure reaches its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It does.
    Met,
    /// It does not.
    Missed,
    /// There was nothing to count.
    NoData,
}

impl Standing {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Met => "met",
            Standing::Missed => "missed",
            Standing::NoData => "no data",
        }
    }
}

/// A figure that is part of another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What it is.
    pub name: String,
    /// Its value in its own unit; none where there was nothing to count.
    pub value: Option<f64>,
    /// `percent`, `days` or `count`.
    pub unit: &'static str,
    /// How many were counted.
    pub of: usize,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// `traceability`, `segregation`, …: stable.
    pub id: &'static str,
    /// The name.
    pub name: &'static str,
    /// The definition: what is counted, of what.
    pub definition: &'static str,
    /// The clauses that the figure speaks of.
    pub clauses: &'static [&'static str],
    /// `percent`, `days` or `count`.
    pub unit: &'static str,
    /// The value, rounded to a tenth; none where there was nothing to count.
    pub value: Option<f64>,
    /// What it is held to.
    pub target: Target,
    /// Whether it is reached.
    pub standing: Standing,
    /// How many were counted.
    pub of: usize,
    /// How many of them are as they are to be.
    pub hits: usize,
    /// What was counted, in words.
    pub counted: String,
    /// What the figure is made of besides.
    pub parts: Vec<Part>,
    /// Each one that is not as it is to be, with the reason.
    pub missing: Vec<Missing>,
    /// Why there is no value; empty where there is one.
    pub note: String,
}

/// One that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Its id.
    pub id: String,
    /// Why.
    pub why: String,
}

/// The ids of the figures, in their order.
pub const IDS: [&str; 10] = [
    "traceability",
    "segregation",
    "soup-currency",
    "open-anomalies",
    "escape-rate",
    "investigation-time",
    "control-verification",
    "impact-analysis",
    "security-coverage",
    "release-cycle",
];

/// All ten figures, in the order of [`IDS`].
pub fn measure(input: &Input<'_>) -> Vec<Metric> {
    vec![
        documents::traceability(input),
        documents::segregation(input),
        documents::soup_currency(input),
        problems::open_anomalies(input),
        problems::escape_rate(input),
        problems::investigation_time(input),
        documents::control_verification(input),
        problems::impact_analysis(input),
        documents::security_coverage(input),
        releases::release_cycle(input),
    ]
}

/// What one figure was on one day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Past {
    /// The day, at its end (UTC).
    pub date: Date,
    /// How many entries the ledger had.
    pub position: u64,
    /// The release whose documents were read; none where none was opened by then.
    pub release: Option<String>,
    /// The figures by id.
    pub values: std::collections::BTreeMap<&'static str, PastValue>,
}

/// A past value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PastValue {
    /// The value; none where there was nothing to count.
    pub value: Option<f64>,
    /// Whether the target, as it is set today, was reached.
    pub standing: Standing,
    /// How many were counted.
    pub of: usize,
    /// How many of them were as they are to be.
    pub hits: usize,
}

/// The figures of a day in the past.
pub fn past(date: Date, position: u64, release: Option<String>, metrics: &[Metric]) -> Past {
    let value =
        |m: &Metric| (m.id, PastValue { value: m.value, standing: m.standing, of: m.of, hits: m.hits });
    Past { date, position, release, values: metrics.iter().map(value).collect() }
}

/// What a figure says of itself before anything is counted.
struct About {
    id: &'static str,
    name: &'static str,
    definition: &'static str,
    clauses: &'static [&'static str],
    unit: &'static str,
}

impl About {
    /// A figure without a value, and why.
    fn nothing(&self, target: Target, note: &str) -> Metric {
        Metric {
            id: self.id,
            name: self.name,
            definition: self.definition,
            clauses: self.clauses,
            unit: self.unit,
            value: None,
            target,
            standing: Standing::NoData,
            of: 0,
            hits: 0,
            counted: String::new(),
            parts: Vec::new(),
            missing: Vec::new(),
            note: note.to_owned(),
        }
    }

    /// A figure with a value.
    fn value(&self, target: Target, value: f64, of: usize, hits: usize, counted: String) -> Metric {
        let value = tenth(value);
        let standing = match target.value {
            None => Standing::Met,
            Some(bound) => match target.sense {
                Sense::AtLeast if value >= bound => Standing::Met,
                Sense::AtMost if value <= bound => Standing::Met,
                _ => Standing::Missed,
            },
        };
        Metric { value: Some(value), standing, of, hits, counted, ..self.nothing(target, "") }
    }

    /// The share of those without a reason against them.
    fn share(&self, target: Target, what: &str, all: Vec<(String, Option<String>)>) -> Metric {
        let of = all.len();
        let missing: Vec<Missing> =
            all.into_iter().filter_map(|(id, why)| Some(Missing { id, why: why? })).collect();
        let hits = of - missing.len();
        if of == 0 {
            return self.nothing(target, &format!("there are no {what}"));
        }
        let metric = self.value(target, percent(hits, of), of, hits, format!("{hits} of {of} {what}"));
        Metric { missing, ..metric }
    }
}

/// To a tenth, half away from zero; what is not all stays below 100 %.
fn tenth(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    if value < 100.0 && rounded >= 100.0 && value > 99.0 { 99.9 } else { rounded }
}

#[allow(clippy::cast_precision_loss, reason = "counts of records are small")]
fn percent(hits: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { hits as f64 * 100.0 / of as f64 }
}

/// The first day of the window that ends on the day of the input.
fn from(input: &Input<'_>) -> Date {
    input.as_of.plus_days(1 - i64::from(input.targets.window_days))
}

/// Whether a day lies in the window.
fn within(input: &Input<'_>, day: Date) -> bool {
    day >= from(input) && day <= input.as_of
}

#[cfg(test)]
mod tests;

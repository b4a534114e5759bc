//! The decision table of 4.3 a applied to a product: for each software system its hazardous situations with the rows that hold
//! with and without controls outside the software.

use crate::risk_class::{external_controls, situation, without_external_controls};
use crate::snapshot::Snapshot;
use model::Kind;
use model::class::{Contribution, Decision, Outcome, Severity, Unacceptable, decide, decide_system};
use vocabulary::SafetyClass;

/// What the table says of one software system.
#[derive(Clone, Debug)]
pub struct ClassTable {
    /// The id of the system.
    pub system: String,
    /// What is recorded.
    pub recorded: Option<SafetyClass>,
    /// What the table gives.
    pub decision: Decision,
    /// What it would give without controls outside the software: the initial class.
    pub initial: Decision,
    /// Its hazardous situations, in the order of the documents.
    pub situations: Vec<ClassedSituation>,
}

/// One hazardous situation in the table.
#[derive(Clone, Debug)]
pub struct ClassedSituation {
    /// The id.
    pub id: String,
    /// The title.
    pub title: String,
    /// Whether the software contributes: `yes`, `no`, `unknown`.
    pub contributes: &'static str,
    /// Whether the risk is unacceptable after external controls: `yes`, `no`, `unknown`.
    pub unacceptable: &'static str,
    /// The severity of harm to people: `none`, `non-serious`, `serious`, `unknown`.
    pub severity: &'static str,
    /// The row that holds.
    pub decision: Decision,
    /// The row without external controls.
    pub initial: Decision,
    /// The external controls that count.
    pub external: Vec<String>,
}

/// The decision table of each software system.
pub fn class_tables(cx: &Snapshot<'_>) -> Vec<ClassTable> {
    cx.classes
        .systems()
        .iter()
        .enumerate()
        .map(|(n, system)| {
            let mine = || {
                cx.items_of(Kind::HazardousSituation).filter(|(ix, _)| cx.systems.of_item(*ix).contains(&n))
            };
            let with: Vec<_> = mine().map(|(ix, item)| situation(cx, ix, item)).collect();
            let without: Vec<_> = mine().map(|(ix, item)| without_external_controls(cx, ix, item)).collect();
            let situations =
                mine().zip(with.iter().zip(&without)).map(|((ix, item), (h, bare))| ClassedSituation {
                    id: item.id.to_string(),
                    title: item.title().to_owned(),
                    contributes: match h.contributes {
                        Contribution::Yes => "yes",
                        Contribution::No => "no",
                        Contribution::Unknown => "unknown",
                    },
                    unacceptable: match h.unacceptable {
                        Unacceptable::Yes => "yes",
                        Unacceptable::No => "no",
                        Unacceptable::Unknown => "unknown",
                    },
                    severity: match h.severity {
                        Severity::None => "none",
                        Severity::NonSerious => "non-serious",
                        Severity::Serious | Severity::Death => "serious",
                        Severity::Unknown => "unknown",
                    },
                    decision: decide(true, *h),
                    initial: decide(true, *bare),
                    external: external_controls(cx, ix)
                        .iter()
                        .filter_map(|c| Some(cx.model.get(*c)?.id.to_string()))
                        .collect(),
                });
            ClassTable {
                system: cx.model.item(system.system).id.to_string(),
                recorded: system.recorded,
                decision: decide_system(true, &with),
                initial: decide_system(true, &without),
                situations: situations.collect(),
            }
        })
        .collect()
}

/// The class of an outcome in words: `A`, `B`, `C`, or why there is none.
pub fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::A => "A",
        Outcome::B => "B",
        Outcome::C => "C",
        Outcome::DutiesOfC => "none yet: duties of class C",
        Outcome::Undetermined => "undetermined: a person decides and writes the reason",
    }
}

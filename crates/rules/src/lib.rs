//! The rules, the registry and the engine: from a snapshot of a product to findings and the verdict on every clause.
//!
//! A rule is one `.md` (texts, clauses, severity, cases) and one `.rs` (the check) in `src/rules/<group>/`. Rules are pure,
//! total and ordered: they read a [`Snapshot`] and write into [`Findings`]; no I/O, no clock, no panic. Which safety
//! class a clause is due for stands in the clause library; no rule names a class to decide whether it applies.
//!
//! It is not the gate: it says what a release lacks (`release` decides, people sign). It never says that something is
//! compliant: a `pass` names the evidence that was seen, and no more.

mod agile;
mod audit_findings;
mod case_file;
#[cfg(test)]
mod cases;
mod catalogue;
mod class_table;
mod engine;
mod evaluation_forms;
mod evaluations;
mod explain;
mod findings;
mod front_matter;
mod item_facts;
mod overrides;
mod own_profile;
mod own_rules;
mod plan_fields;
mod prelude;
mod registry;
mod risk_class;
mod rules;
mod snapshot;
mod systems;
mod text;
mod text_likeness;
mod unruled;
mod verdicts;

pub use agile::{AgileRow, agile_mapping};
pub use audit_findings::catalogue_of_audit_findings;
pub use catalogue::{catalogue_of_clauses, catalogue_of_rules};
pub use class_table::{ClassTable, ClassedSituation, class_tables, outcome_text};
pub use engine::{Judgement, judge, prepare, timings};
pub use evaluation_forms::{EvaluationForm, evaluation_form, evaluation_forms};
pub use explain::{Explanation, explain, look_up, rule};
pub use findings::{Findings, Report};
pub use front_matter::{Ended, FrontMatterError, Meta};
pub use overrides::accepted as overrides_in_force;
pub use own_rules::{OwnRule, OwnRuleProblem, OwnRules, RecordView};
pub use plan_fields::{PlanField, plan_fields};
pub use registry::{READERS, Registry, Rule, checked_by, registry, rule_set_digest};
pub use snapshot::{
    ArchiveReadiness, Inputs, Previous, ReleaseContext, ReleaseTag, Snapshot, SnapshotError,
    SourceDependency, TagStanding,
};
pub use systems::{System, Systems, standing};
pub use text::Template;
pub use unruled::unruled;

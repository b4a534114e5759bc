//! What `check` found, as a whole: the object that every format shows.

use crate::{Diagnostic, Verdict};
use std::collections::BTreeMap;

/// The verdict on one clause for one subject (design: findings).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseVerdict {
    /// The clause, `62304:5.8.3`.
    pub clause: String,
    /// The software system or item that it was judged for; empty for the whole product.
    pub subject: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why; for `not-applicable`, the reason for that.
    pub reason: String,
    /// What was looked at.
    pub evidence: Vec<String>,
    /// How it is checked: `rule:R0042`, `evaluation`.
    pub checked_by: Vec<String>,
}

/// Everything that `check` says, with the four inputs that it is a function of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingsReport {
    /// The product's name.
    pub product: String,
    /// The edition, `iec62304:2006+a1:2015`.
    pub edition: String,
    /// The class of the whole product: the highest of its systems.
    pub class: String,
    /// The class of each software system.
    pub systems: BTreeMap<String, String>,
    /// The profile, `playbook` or `standard`.
    pub profile: String,
    /// The commit read; none for the work tree of a repository without one.
    pub commit: Option<String>,
    /// Whether the work tree was read instead of the commit.
    pub dirty: bool,
    /// The digest of the tree, when the work tree was read.
    pub tree: Option<String>,
    /// The ledger position; none with `--documents-only`.
    pub ledger: Option<u64>,
    /// The day that ages and expiries were computed for.
    pub as_of: String,
    /// The digest of the rule set.
    pub rule_set: String,
    /// The findings, in [`crate::order`].
    pub findings: Vec<Diagnostic>,
    /// The verdict on every clause.
    pub clauses: Vec<ClauseVerdict>,
}

/// How many findings of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors that nobody waived.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Waived findings of any severity.
    pub waived: usize,
}

impl FindingsReport {
    /// Counts the findings.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.findings)
    }

    /// Whether `check` exits with 1: an error that nobody waived.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Diagnostic]) -> Counts {
        let mut c = Counts::default();
        for d in findings {
            let n = match (d.verdict, d.severity) {
                (Verdict::Waived, _) => &mut c.waived,
                (_, crate::Severity::Error) => &mut c.errors,
                (_, crate::Severity::Warning) => &mut c.warnings,
                (_, crate::Severity::Note) => &mut c.notes,
            };
            *n += 1;
        }
        c
    }
}

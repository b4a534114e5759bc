//! Declared totals against the cases that are there.
//!
//! Dialects differ in what a suite's totals cover: only its own cases, or those of nested suites too; failures and
//! errors apart or together; disabled cases among the skipped or beside them. A total is believed if one of these
//! readings holds, and is an error if none does.

use crate::Cause;
use model::results::{Counts, Outcome};

/// The totals that a suite declares.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Declared {
    pub(super) tests: Option<u64>,
    pub(super) failures: Option<u64>,
    pub(super) errors: Option<u64>,
    pub(super) skipped: Option<u64>,
    pub(super) disabled: Option<u64>,
}

/// What disagrees between the declared totals and the cases; `own` are the suite's own, `all` with nested suites.
pub(super) fn disagreements(suite: &str, declared: &Declared, own: &Counts, all: &Counts) -> Vec<Cause> {
    let mut causes = Vec::new();
    let mut check = |what, declared: u64, readings: &[fn(&Counts) -> usize]| {
        let holds = |counts: &Counts| readings.iter().any(|r| r(counts) as u64 == declared);
        if let (false, Some(first)) = (holds(own) || holds(all), readings.first()) {
            let found = first(all) as u64;
            causes.push(Cause::Total { suite: suite.to_owned(), what, declared, found });
        }
    };
    if let Some(tests) = declared.tests {
        check("tests", tests, &[Counts::total]);
    }
    match (declared.failures, declared.errors) {
        (Some(f), Some(e)) => check("failures and errors", f.saturating_add(e), &[failed_or_errored]),
        (Some(f), None) => check("failures", f, &[failed_or_errored, failed]),
        (None, Some(e)) => check("errors", e, &[errored, failed_or_errored]),
        (None, None) => {}
    }
    match (declared.skipped, declared.disabled) {
        // Where both are given, some dialects count the disabled among the skipped.
        (Some(s), Some(d)) => {
            let agrees = |c: &Counts| [s, s.saturating_add(d)].contains(&(skipped(c) as u64));
            if !agrees(own) && !agrees(all) {
                check("skipped", s.saturating_add(d), &[skipped]);
            }
        }
        (Some(s), None) => check("skipped", s, &[skipped]),
        // Alone it may be a part of those that did not run (gtest).
        (None, Some(d)) if d > skipped(all) as u64 => check("disabled", d, &[skipped]),
        (None, Some(_)) => {}
        (None, None) => {}
    }
    causes
}

fn failed(c: &Counts) -> usize {
    c.of(Outcome::Failed)
}

fn errored(c: &Counts) -> usize {
    c.of(Outcome::Errored)
}

fn failed_or_errored(c: &Counts) -> usize {
    failed(c) + errored(c)
}

fn skipped(c: &Counts) -> usize {
    c.of(Outcome::Skipped) + c.of(Outcome::Blocked)
}

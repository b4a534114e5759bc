//! Signed evaluations of clauses: which one counts, and whether it still holds.

use crate::evaluation_forms::evaluation_form;
use crate::snapshot::Snapshot;
use records::{EvaluationRecord, Judged, Recorded};
use std::collections::BTreeMap;

/// The newest evaluation of each clause and subject, in the order of clause and subject.
pub(crate) fn newest<'a>(
    cx: &Snapshot<'a>,
) -> impl Iterator<Item = &'a Recorded<EvaluationRecord>> + use<'a> {
    let mut newest = BTreeMap::new();
    for e in cx.state.map(|s| s.evaluations.as_slice()).unwrap_or_default() {
        newest.insert((e.body.clause.as_str(), e.body.subject.as_str()), e);
    }
    newest.into_values()
}

/// The newest evaluation of one clause for one subject.
pub(crate) fn newest_of<'a>(
    cx: &Snapshot<'a>,
    clause: &str,
    subject: &str,
) -> Option<&'a Recorded<EvaluationRecord>> {
    let all = cx.state.map(|s| s.evaluations.as_slice()).unwrap_or_default();
    all.iter().rev().find(|e| e.body.clause == clause && e.body.subject == subject)
}

/// The first thing that was judged and has another content now, or is gone. What is neither item nor document (a record of
/// the ledger) never changes.
pub(crate) fn stale<'a>(cx: &Snapshot<'_>, evaluation: &'a EvaluationRecord) -> Option<&'a Judged> {
    evaluation.judged.iter().find(|j| match cx.digest_of(&j.subject) {
        Some(now) => now != j.digest,
        None => !names_a_record(cx, &j.subject),
    })
}

/// Why an evaluation does not make its clause pass; `None` where it does.
pub(crate) fn objection(cx: &Snapshot<'_>, evaluation: &EvaluationRecord) -> Option<String> {
    if !evaluation.adequate {
        return Some("the evidence was judged not adequate".to_owned());
    }
    if evaluation.judged.is_empty() {
        return Some("the evaluation names nothing that was judged".to_owned());
    }
    if let Some(j) = stale(cx, evaluation) {
        return Some(format!("`{}` has changed since it was judged", j.subject));
    }
    evaluation_form(&evaluation.clause).and_then(|form| form.left_open(cx, evaluation))
}

fn names_a_record(cx: &Snapshot<'_>, subject: &str) -> bool {
    cx.state.is_some_and(|s| {
        s.runs.contains_key(subject)
            || s.anomalies.contains_key(subject)
            || s.changes.contains_key(subject)
            || s.releases.contains_key(subject)
    })
}

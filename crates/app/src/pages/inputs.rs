//! What a page was computed from, and the marks that may not be lost on the way to a reader.

use super::reading::Reading;
use super::{documents, matrix, risk, soup};
use views::{Badges, Inputs, Mark, MarkKind, Verdict};

/// The four inputs, with class, profile and marks.
pub(super) fn inputs(r: &Reading<'_>) -> Inputs {
    let a = r.analysis;
    Inputs {
        product: a.config.product.name.clone(),
        commit: if r.dirty { a.commit_id() } else { a.head().map(|c| c.to_string()) },
        tree: a.tree_digest(),
        dirty: r.dirty,
        ledger: a.with_ledger.then_some(a.state.position),
        rule_set: rule_set(),
        rule_set_digest: r.judgement.rule_set,
        profile: a.config.profile_name(),
        edition: a.config.product.edition.clone(),
        as_of: a.as_of,
        class: Some(r.classes.product()),
        marks: marks(r),
    }
}

/// The name of the rule set for people: the program that carries it.
pub(super) fn rule_set() -> String {
    format!("dossier {}", env!("CARGO_PKG_VERSION"))
}

/// The marks that speak of the inputs.
pub(super) fn marks(r: &Reading<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    if r.state().simulated_clock {
        marks.push(simulated());
    }
    if r.dirty {
        let text = match r.analysis.head() {
            Some(head) => {
                let head: String = head.to_string().chars().take(12).collect();
                format!(
                    "Documents were changed since commit {head}; what is not committed is in no baseline."
                )
            }
            None => "The work tree was read, and there is no commit.".to_owned(),
        };
        marks.push(Mark { kind: MarkKind::WorkTree, text });
    }
    if !r.analysis.with_ledger {
        let text = "Only documents were read: no record counts here.".to_owned();
        marks.push(Mark { kind: MarkKind::DocumentsOnly, text });
    }
    marks
}

pub(super) fn simulated() -> Mark {
    let text = "The clock of this ledger is simulated: nothing here is evidence of when something happened."
        .to_owned();
    Mark { kind: MarkKind::SimulatedClock, text }
}

/// How much needs attention, beside the menu.
pub(super) fn badges(r: &Reading<'_>) -> Badges {
    let open = |verdicts: &mut dyn Iterator<Item = Verdict>| verdicts.filter(|v| v.blocks()).count();
    Badges {
        findings: r.judgement.findings.iter().filter(|d| d.is_error()).count(),
        matrix: open(&mut matrix::matrix(r).rows.iter().map(|row| row.verdict)),
        risk: open(&mut risk::page(r).rows.iter().map(|row| row.verdict)),
        soup: open(&mut soup::rows(r).iter().map(|row| row.verdict)),
        anomalies: r.state().anomalies.values().filter(|a| a.is_open()).count(),
        documents: open(&mut documents::list(r).rows.iter().map(|row| row.verdict)),
    }
}

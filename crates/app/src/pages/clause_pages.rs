//! Clauses with their verdicts, and what bears on each.

use super::findings;
use super::reading::Reading;
use diagnostics::ClauseVerdict;
use views::{ClauseList, ClausePage, ClauseRow, Evidence, Ref, RefKind};
use vocabulary::Digest;

/// All clauses of the edition, and the duties beside it.
pub(super) fn list(r: &Reading<'_>) -> ClauseList {
    let all = r.judgement.clauses.iter().chain(&r.judgement.adjacent);
    ClauseList { rows: all.map(row).collect() }
}

/// One clause.
pub(super) fn page(r: &Reading<'_>, id: &str) -> Option<ClausePage> {
    let of = |v: &&ClauseVerdict| v.clause == id;
    let all: Vec<&ClauseVerdict> =
        r.judgement.clauses.iter().chain(&r.judgement.adjacent).filter(of).collect();
    let known = clauses::clause(id);
    if all.is_empty() && known.is_none() {
        return None;
    }
    let mut lines: Vec<&str> = Vec::new();
    for line in all.iter().flat_map(|v| &v.evidence) {
        if !lines.contains(&line.as_str()) {
            lines.push(line);
        }
    }
    Some(ClausePage {
        clause: Ref::new(RefKind::Clause, id),
        title: known.map_or_else(|| id.to_owned(), |c| c.title.clone()),
        rows: all.iter().map(|v| row(v)).collect(),
        summary: known.map(summary).unwrap_or_default(),
        evidence: lines.into_iter().map(|line| evidence(r, line)).collect(),
        findings: findings::worst_first(r, r.judgement.findings.iter().filter(|d| counts_against(d, id))),
        crosswalk: crosswalk(id),
    })
}

/// Whether a finding cites the clause or a letter of it.
pub(super) fn counts_against(d: &diagnostics::Diagnostic, clause: &str) -> bool {
    d.clauses.iter().any(|c| c == clause || clauses::governing(c).is_some_and(|g| g.id == clause))
}

/// What the clause corresponds to elsewhere: direct mappings, and inferred ones that follow from their links.
fn crosswalk(id: &str) -> Vec<(Ref, String)> {
    let paths = clauses::crosswalk().from(clauses::library(), id, None);
    let shown = paths.into_iter().filter(|p| p.mappings() == 1 || p.follows());
    shown
        .map(|p| {
            let mut text = format!("{} ({})", clauses::title_of(&p.to), p.relation.as_str());
            if let Some(weakest) = p.weakest().filter(|_| p.mappings() > 1) {
                let hop = format!("{} {} {}", weakest.from, weakest.relation.as_str(), weakest.to);
                text.push_str(&format!(", inferred; weakest link: {hop}"));
            }
            // A heading of a standard has no page of its own.
            let kind = if clauses::clause(&p.to).is_some() { RefKind::Clause } else { RefKind::Plain };
            (Ref::new(kind, p.to), text)
        })
        .collect()
}

fn summary(clause: &clauses::Clause) -> String {
    let mut text = String::new();
    let guide = clauses::guide(&clause.id).filter(|g| g.clause == clause.id);
    if let Some(guide) = guide {
        text.push_str(&format!("{}\n\n{}\n\nAudit focus: {}\n\n", guide.asks, guide.why, guide.audit_focus));
    }
    text.push_str(&format!("What is evidence: {}", clause.evidence));
    if let Some(note) = &clause.note {
        text.push_str("\n\n");
        text.push_str(note);
    }
    text
}

fn row(v: &ClauseVerdict) -> ClauseRow {
    let known = clauses::clause(&v.clause);
    ClauseRow {
        clause: Ref::new(RefKind::Clause, v.clause.as_str()),
        title: known.map(|c| c.title.clone()).unwrap_or_default(),
        classes: known.map(clauses::Clause::classes_text).unwrap_or_default(),
        subject: v.subject.clone(),
        verdict: v.verdict,
        reason: v.reason.clone(),
        checked_by: v.checked_by.clone(),
        evidence: v.evidence.len(),
    }
}

/// A line of evidence: the first thing that it names and that has a page is its link.
pub(super) fn evidence(r: &Reading<'_>, line: &str) -> Evidence {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';'));
    let words = words.map(|w| w.trim_end_matches(['.', ':'])).filter(|w| !w.is_empty());
    let mut reference = None;
    let mut digest: Option<Digest> = None;
    for word in words {
        if reference.is_none() && word.chars().any(|c| c.is_ascii_digit() || c == '-') {
            let found = r.refer(word);
            reference = (found.kind != RefKind::Plain).then_some(found);
        }
        let hex = word.strip_prefix("sha256:").unwrap_or(word);
        if digest.is_none() && hex.len() == 64 {
            digest = hex.parse().ok();
        }
    }
    Evidence { what: line.to_owned(), reference, digest, note: String::new() }
}

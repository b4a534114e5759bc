//! `dossier explain`: what is known of a rule, a reader's code or a clause.

use crate::registry::{Rule, registry};
use crate::unruled::unruled;
use clauses::Clause;
use diagnostics::Code;
use std::fmt::Write as _;

/// What an id or name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Explanation {
    /// A rule about the product.
    Rule(&'static Rule),
    /// A finding of a reader or of the sink.
    Code(&'static Code),
    /// A clause.
    Clause(&'static Clause),
}

/// Looks up a rule (`R0042` or its name), a reader's code, or a clause (`62304:5.8.3`; the standard may be left out, and letters
/// below a clause lead to it).
pub fn look_up(what: &str) -> Option<Explanation> {
    let what = what.trim();
    if let Some(rule) = registry().rule(what) {
        return Some(Explanation::Rule(rule));
    }
    if let Some(code) = codes().find(|c| c.rule == what || c.name == what) {
        return Some(Explanation::Code(code));
    }
    let clause = clauses::governing(what).or_else(|| clauses::governing(&format!("62304:{what}")))?;
    Some(Explanation::Clause(clause))
}

/// The text about a rule, a reader's code or a clause, as Markdown; `None` where there is nothing of that name.
pub fn explain(what: &str) -> Option<String> {
    look_up(what).map(|e| e.to_markdown())
}

/// The rule of this id or name.
pub fn rule(id_or_name: &str) -> Option<&'static Rule> {
    registry().rule(id_or_name)
}

/// Every code that is raised without a rule of this crate.
pub(crate) fn codes() -> impl Iterator<Item = &'static Code> {
    diagnostics::CODES.iter().chain(product::CODES).chain(documents::CODES)
}

impl Explanation {
    /// The explanation as Markdown.
    pub fn to_markdown(&self) -> String {
        match self {
            Explanation::Rule(rule) => rule_text(rule),
            Explanation::Code(code) => {
                format!("# {} {}\n\nSeverity: {}\n\n{}\n", code.rule, code.name, code.severity, code.about)
            }
            Explanation::Clause(clause) => clause_text(clause),
        }
    }
}

fn rule_text(rule: &Rule) -> String {
    let meta = &rule.meta;
    let mut out = format!("# {} {}\n\n", meta.id, meta.name);
    let _ = writeln!(
        out,
        "- clauses: {}",
        if meta.clauses.is_empty() { "none".into() } else { meta.clauses.join(", ") }
    );
    let _ = write!(out, "- severity: {}", meta.severity);
    if meta.severity_at_gate != meta.severity {
        let _ = write!(out, "; {} where a release is judged", meta.severity_at_gate);
    }
    out.push('\n');
    let _ = writeln!(out, "- waivable: {}", if meta.waivable { "by a signed waiver" } else { "never" });
    if meta.gate {
        out.push_str("- runs only where a release is judged\n");
    }
    if meta.human {
        out.push_str("- a person must decide: the verdict is `human` until a signed evaluation\n");
    }
    for (word, ended) in [("deprecated", &meta.deprecated), ("removed", &meta.removed)] {
        if let Some(ended) = ended {
            let _ = writeln!(out, "- {word} since {}: {}", ended.since, ended.reason);
        }
    }
    if let Some(redirect) = &meta.redirect {
        let _ = writeln!(out, "- see {redirect}");
    }
    let _ = write!(out, "\n{}\n", rule.explanation());
    out
}

fn clause_text(clause: &Clause) -> String {
    let mut out = format!("# {} {}\n\n", clause.id, clause.title);
    let _ = writeln!(out, "- edition: {}", clause.edition);
    let _ = writeln!(out, "- due for class: {}", clause.classes_text());
    if let Some(kind) = clause.kind {
        let _ = writeln!(out, "- kind: {}", kind.letter());
    }
    let _ = writeln!(out, "- evidence: {}", clause.evidence);
    if let Some(note) = &clause.note {
        let _ = writeln!(out, "- note: {note}");
    }
    let _ = writeln!(out, "- checked by: {}", registry().checked_by(clause).join(", "));
    if let Some(reason) = unruled().get(&clause.id) {
        let _ = writeln!(out, "- no rule yet: {reason}");
    }
    if let Some(guide) = clauses::guide(&clause.id).filter(|g| g.clause == clause.id) {
        let _ = write!(out, "\n{}", clauses::guide_text(guide, 2));
    }
    let rules: Vec<_> = registry().of_clause(&clause.id).collect();
    if !rules.is_empty() {
        out.push_str("\n## Rules\n\n");
        for rule in rules {
            let _ = writeln!(out, "- {} {}: {}", rule.meta.id, rule.meta.name, rule.meta.severity);
        }
    }
    out
}

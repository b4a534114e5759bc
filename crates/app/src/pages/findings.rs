//! Findings as readers see them.

use super::reading::Reading;
use crate::analysis::Analysis;
use crate::workspace::CONFIG_FILE;
use diagnostics::{Diagnostic, Location};
use views::{FindingPlace, FindingRow, FindingsOverview, Ref, RefKind};

/// All findings, worst first.
pub(super) fn overview(r: &Reading<'_>) -> FindingsOverview {
    FindingsOverview { rows: worst_first(r, r.judgement.findings.iter()) }
}

/// These findings, worst first.
pub(super) fn worst_first<'d>(r: &Reading<'_>, of: impl Iterator<Item = &'d Diagnostic>) -> Vec<FindingRow> {
    let mut all: Vec<&Diagnostic> = of.collect();
    all.sort_by_key(|d| (d.verdict, d.severity));
    all.into_iter().map(|d| row(r, d)).collect()
}

pub(super) fn row(r: &Reading<'_>, d: &Diagnostic) -> FindingRow {
    let help = d.help.clone().unwrap_or_default();
    FindingRow {
        rule: Ref::new(RefKind::Rule, d.rule.as_ref()),
        name: d.name.to_string(),
        verdict: d.verdict,
        message: d.message.clone(),
        subject: d.subject.as_deref().map(|s| r.refer(s)),
        clauses: d.clauses.iter().map(|c| clause(c)).collect(),
        place: place(r.analysis, &d.location, &d.label),
        related: d.related.iter().filter_map(|p| place(r.analysis, &p.location, &p.label)).collect(),
        why: d.notes.join(" "),
        command: command(&help),
        help,
        waived: d.waived_by.as_deref().map(|w| waived(r, w)),
    }
}

/// A citation leads to the clause that it belongs to: letters have no page of their own.
pub(super) fn clause(citation: &str) -> Ref {
    let known = clauses::governing(citation);
    Ref::new(if known.is_some_and(|c| c.id == citation) { RefKind::Clause } else { RefKind::Plain }, citation)
}

fn place(analysis: &Analysis, location: &Location, note: &str) -> Option<FindingPlace> {
    let Location::File { path, line, column, .. } = location else { return None };
    let text = text_of(analysis, path);
    let line_at = usize::try_from(*line).unwrap_or(1).saturating_sub(1);
    Some(FindingPlace {
        file: path.to_string(),
        line: *line,
        column: *column,
        note: note.to_owned(),
        snippet: text.and_then(|t| t.lines().nth(line_at)).map(str::to_owned),
    })
}

fn text_of<'a>(analysis: &'a Analysis, path: &str) -> Option<&'a str> {
    if path == CONFIG_FILE {
        return Some(&analysis.config_text);
    }
    let files = &analysis.documents.files;
    files.iter().find(|f| &*f.path == path).map(|f| f.text.as_str())
}

/// The first command that a help text names between backticks.
fn command(help: &str) -> Option<String> {
    help.split('`').skip(1).step_by(2).find(|c| c.starts_with("dossier ")).map(str::to_owned)
}

fn waived(r: &Reading<'_>, id: &str) -> String {
    match r.state().waivers.get(id) {
        Some(w) => {
            format!(
                "{id}, until {}: {} Signed by {}.",
                w.body.until,
                w.body.reason,
                super::signatures::short(&w.meta)
            )
        }
        None => id.to_owned(),
    }
}

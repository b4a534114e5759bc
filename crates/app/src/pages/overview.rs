//! The first page: what holds, what does not, and what comes next.

use super::reading::Reading;
use super::{findings, ledger_pages, release_pages};
use crate::error::Result;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use views::{CoverageBar, Overview, SystemRow, Verdict, tally};

/// What stands in full on the first page.
const FINDINGS_SHOWN: usize = 8;
const RELEASES_SHOWN: usize = 4;
const ENTRIES_SHOWN: usize = 8;

/// Chapters of the standard, in our own words.
const CHAPTERS: [(&str, &str); 15] = [
    ("4", "General requirements"),
    ("5.1", "Development planning"),
    ("5.2", "Requirements analysis"),
    ("5.3", "Architecture"),
    ("5.4", "Detailed design"),
    ("5.5", "Units and their verification"),
    ("5.6", "Integration"),
    ("5.7", "System testing"),
    ("5.8", "Release"),
    ("6", "Maintenance"),
    ("7", "Risk management"),
    ("8.1", "Configuration identification"),
    ("8.2", "Change control"),
    ("8.3", "Status accounting"),
    ("9", "Problem resolution"),
];

/// The first page.
pub(super) fn overview(r: &Reading<'_>, ws: &Workspace) -> Result<Overview> {
    let errors = r.judgement.findings.iter().filter(|d| d.is_error()).count();
    let clauses = r.judgement.clauses.iter().map(|c| c.verdict);
    let worst = clauses.clone().min().unwrap_or(Verdict::NotApplicable);
    let (whole, headline) = match (errors, worst) {
        (0, Verdict::Human) => (Verdict::Human, "A person has to decide".to_owned()),
        (0, Verdict::Finding) | (0, Verdict::Waived) => (worst, "Nothing is of level error".to_owned()),
        (0, _) => (Verdict::Pass, "Nothing is open".to_owned()),
        (1, _) => (Verdict::Finding, "1 finding is open".to_owned()),
        (n, _) => (Verdict::Finding, format!("{n} findings are open")),
    };
    let counts: Vec<String> = tally(clauses).iter().map(|(v, n)| format!("{n} {}", v.words())).collect();
    let shown = findings::worst_first(r, r.judgement.findings.iter());
    let with_ledger = r.analysis.with_ledger;
    Ok(Overview {
        verdict: whole,
        headline,
        reason: format!("Clauses: {}.", counts.join(", ")),
        systems: systems(r),
        chapters: chapters(r),
        findings: shown.into_iter().take(FINDINGS_SHOWN).collect(),
        releases: release_pages::list(r).rows.into_iter().take(RELEASES_SHOWN).collect(),
        recent: if with_ledger { ledger_pages::recent(r, ws, ENTRIES_SHOWN)? } else { Vec::new() },
        read: vec![
            ("files".to_owned(), r.analysis.documents.files.len()),
            ("controlled documents".to_owned(), r.analysis.documents.controlled.len()),
            ("items".to_owned(), r.model().items().len()),
            ("links".to_owned(), r.model().links().len()),
            ("test results".to_owned(), r.analysis.joined.runs.iter().map(|run| run.results.len()).sum()),
            ("ledger entries".to_owned(), usize::try_from(r.state().position).unwrap_or(usize::MAX)),
        ],
    })
}

fn systems(r: &Reading<'_>) -> Vec<SystemRow> {
    let config = &r.analysis.config.product;
    if r.classes.systems().is_empty() {
        return vec![SystemRow {
            id: config.name.clone(),
            title: "the whole product".to_owned(),
            class: r.classes.product().to_string(),
            reason: "No software system is recorded, so the duties of class C hold.".to_owned(),
        }];
    }
    let row = |s: &model::class::SystemClass| {
        let item = r.model().item(s.system);
        SystemRow {
            id: item.id.to_string(),
            title: item.title().to_owned(),
            class: s.effective.to_string(),
            reason: why(s),
        }
    };
    r.classes.systems().iter().map(row).collect()
}

fn why(s: &model::class::SystemClass) -> String {
    match s.recorded {
        Some(recorded) if recorded == s.effective => {
            format!("Recorded as class {recorded} in the risk file.")
        }
        Some(recorded) => format!("Recorded as class {recorded}; the duties of class {} hold.", s.effective),
        None => format!("No class is recorded; the duties of class {} hold.", s.effective),
    }
}

/// One bar for each chapter that has clauses.
fn chapters(r: &Reading<'_>) -> Vec<CoverageBar> {
    let mut by_chapter: BTreeMap<usize, Vec<Verdict>> = BTreeMap::new();
    for clause in &r.judgement.clauses {
        let number = clause.clause.split_once(':').map_or("", |(_, n)| n);
        let of = |chapter: &str| {
            number == chapter || number.strip_prefix(chapter).is_some_and(|rest| rest.starts_with('.'))
        };
        if let Some(place) = CHAPTERS.iter().position(|(chapter, _)| of(chapter)) {
            by_chapter.entry(place).or_default().push(clause.verdict);
        }
    }
    let bar = |(place, verdicts): (usize, Vec<Verdict>)| {
        let (chapter, title) = CHAPTERS.get(place)?;
        Some(CoverageBar {
            chapter: (*chapter).to_owned(),
            title: (*title).to_owned(),
            counts: tally(verdicts),
        })
    };
    by_chapter.into_iter().filter_map(bar).collect()
}

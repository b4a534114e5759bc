//! The library's common gaps, raised where a sign of one is said or its counter-evidence is missing.

use crate::corpus::Document;
use crate::index::Index;
use crate::judge::Judge;
use crate::phrases::Wanted;
use crate::result::{ClauseResult, Quote, Verdict};
use clauses::{Gap, Guide};
use serde::{Deserialize, Serialize};

/// A gap that was raised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundGap {
    /// Its id in the library.
    pub id: String,
    /// The clause.
    pub clause: String,
    /// `critical`, `major`, `moderate` or `minor`.
    pub severity: String,
    /// In a few words.
    pub title: String,
    /// What is wrong and what follows.
    pub text: String,
    /// What to add.
    pub add: String,
    /// Why it was raised.
    pub raised: String,
    /// The passages that gave it away.
    pub quotes: Vec<Quote>,
}

/// The gaps of one clause.
pub(crate) fn gaps(guide: &Guide, result: &ClauseResult, judge: &Judge<'_>) -> Vec<FoundGap> {
    guide.gaps.iter().filter_map(|gap| raised(guide, gap, result, judge)).collect()
}

fn raised(guide: &Guide, gap: &Gap, result: &ClauseResult, judge: &Judge<'_>) -> Option<FoundGap> {
    let quotes = signs(gap, judge);
    let open: Vec<&str> = result
        .constraints
        .iter()
        .filter(|c| gap.missing.contains(&c.id) && !matches!(c.verdict, Verdict::Met | Verdict::Human))
        .map(|c| c.verdict.words())
        .collect();
    let raised = match (quotes.is_empty(), open.first()) {
        (false, _) => "a passage gives it away".to_owned(),
        (true, Some(verdict)) => format!("its counter-evidence is {verdict}"),
        (true, None) => return None,
    };
    Some(FoundGap {
        id: gap.id.clone(),
        clause: guide.clause.clone(),
        severity: gap.severity.as_str().to_owned(),
        title: gap.title.clone(),
        text: gap.text.clone(),
        add: gap.add.clone(),
        raised,
        quotes,
    })
}

fn signs(gap: &Gap, judge: &Judge<'_>) -> Vec<Quote> {
    let mut out = Vec::new();
    for phrase in gap.signs.values().flatten() {
        let wanted = Wanted::new(phrase, judge.index);
        let query: Vec<_> = wanted.query().collect();
        for id in judge.index.search(&query, 20) {
            if wanted.exact(judge.index, id).is_some() && !blank(judge.documents, judge.index, id) {
                out.extend(judge.quote(id, 1.0));
            }
        }
    }
    out.truncate(5);
    out
}

fn blank(documents: &[Document], index: &Index, id: u32) -> bool {
    let passage = index.place(id).and_then(|(d, p)| documents.get(d)?.passages.get(p));
    passage.is_none_or(|p| p.blank || p.duty)
}

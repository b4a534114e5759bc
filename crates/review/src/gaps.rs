//! The library's common gaps, raised where a sign of one is said or its counter-evidence is missing.

use crate::judged::Judged;
use crate::library::Library;
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

/// Most passages that are shown for a gap.
const QUOTES_MAX: usize = 5;

/// The gaps of one clause.
pub(crate) fn gaps(
    guide: &Guide,
    result: &ClauseResult,
    library: &Library<'_>,
    judged: &[&Judged],
) -> Vec<FoundGap> {
    guide.gaps.iter().filter_map(|gap| raised(guide, gap, result, signs(gap, library, judged))).collect()
}

fn raised(guide: &Guide, gap: &Gap, result: &ClauseResult, quotes: Vec<Quote>) -> Option<FoundGap> {
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

fn signs(gap: &Gap, library: &Library<'_>, judged: &[&Judged]) -> Vec<Quote> {
    let Some(number) = library.gap(&gap.id) else { return Vec::new() };
    let of = |j: &&Judged| -> Vec<Quote> {
        let own = j.signs.iter().filter(|(gap, _)| *gap == number);
        own.filter_map(|(_, passage)| j.quote(*passage, 10_000)).collect()
    };
    judged.iter().flat_map(of).take(QUOTES_MAX).collect()
}

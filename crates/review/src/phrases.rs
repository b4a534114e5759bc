//! Phrasings of the library against passages: exactly, or by what they are about.

use crate::index::{Index, PassageId, Term};
use crate::words::is_common;
use clauses::Phrase;

/// How many other words may stand between two words of a phrasing that fits exactly.
const GAP_MAX: usize = 3;

/// A word that was found by its stem or meaning counts less than the word itself.
const AKIN: f32 = 0.9;

/// A word that stands only above the passage counts less than one in it.
const ABOVE: f32 = 0.75;

/// One word of a phrasing over the corpus.
struct Slot {
    exact: Vec<Term>,
    akin: Vec<Term>,
    weight: f32,
}

/// A phrasing over the corpus.
pub(crate) struct Wanted {
    slots: Vec<Slot>,
    total: f32,
    /// Whether the phrasing itself turns a statement round.
    pub(crate) negated: bool,
}

/// How well a phrasing fits a passage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fit {
    /// 0 to 1.
    pub(crate) score: f32,
    /// Where in the passage its words of content stand.
    pub(crate) hits: Vec<usize>,
    /// Whether they stand in the phrasing's own order, close together.
    pub(crate) in_order: bool,
}

impl Wanted {
    pub(crate) fn new(phrase: &Phrase, index: &Index) -> Wanted {
        let mut slots = Vec::with_capacity(phrase.words.len());
        for word in &phrase.words {
            let (mut exact, mut akin) = (Vec::new(), Vec::new());
            for stem in &word.alternatives {
                index.exact(&stem.text, stem.open, &mut exact);
                index.akin(&stem.text, &mut akin);
            }
            exact.sort_unstable();
            exact.dedup();
            akin.sort_unstable();
            akin.dedup();
            let common = word.alternatives.iter().all(|s| is_common(&s.text));
            slots.push(Slot { exact, akin, weight: if common { 0.1 } else { 1.0 } });
        }
        let total = slots.iter().map(|s| s.weight).sum::<f32>().max(0.1);
        let negation = |w: &str| {
            crate::words::is_negation(w)
                || matches!(w, "no" | "without" | "kein" | "keine" | "ohne" | "won't" | "does" | "do")
        };
        let negated = phrase.words.iter().any(|w| w.alternatives.iter().any(|s| negation(&s.text)));
        Wanted { slots, total, negated }
    }

    /// The groups of terms to search for.
    pub(crate) fn query(&self) -> impl Iterator<Item = Vec<Term>> + '_ {
        self.slots.iter().filter(|s| s.weight > 0.5).map(|s| s.exact.iter().chain(&s.akin).copied().collect())
    }

    /// Whether its words stand in this order in the passage, with few others between.
    pub(crate) fn exact(&self, index: &Index, id: PassageId) -> Option<Fit> {
        let own = index.own(id);
        'start: for start in 0..own.len() {
            let mut at = start;
            let mut hits = Vec::new();
            for (n, slot) in self.slots.iter().enumerate() {
                let end = if n == 0 { start + 1 } else { (at + GAP_MAX + 1).min(own.len()) };
                let from = if n == 0 { start } else { at };
                match (from..end).find(|i| own.get(*i).is_some_and(|t| slot.exact.binary_search(t).is_ok())) {
                    Some(found) => {
                        at = found + 1;
                        if slot.weight > 0.5 {
                            hits.push(found);
                        }
                    }
                    None => continue 'start,
                }
            }
            return Some(Fit { score: 1.0, hits, in_order: true });
        }
        None
    }

    /// How much of the phrasing the passage says, in any order.
    pub(crate) fn loose(&self, index: &Index, id: PassageId) -> Fit {
        let (own, above) = (index.own(id), index.above(id));
        let mut sum = 0.0;
        let mut hits = Vec::new();
        for slot in &self.slots {
            let position =
                |terms: &[Term], set: &[Term]| terms.iter().position(|t| set.binary_search(t).is_ok());
            let found = match (position(own, &slot.exact), position(own, &slot.akin)) {
                (Some(at), _) => Some((1.0, Some(at))),
                (None, Some(at)) => Some((AKIN, Some(at))),
                (None, None) => position(above, &slot.exact)
                    .map(|_| (ABOVE, None))
                    .or_else(|| position(above, &slot.akin).map(|_| (ABOVE * AKIN, None))),
            };
            if let Some((value, at)) = found {
                sum += value * slot.weight;
                hits.extend(at.filter(|_| slot.weight > 0.5));
            }
        }
        let (Some(first), Some(last)) = (hits.iter().min().copied(), hits.iter().max().copied()) else {
            return Fit::default();
        };
        let content = self.slots.iter().filter(|s| s.weight > 0.5).count();
        // Words that are strewn over a long passage say less than words that stand together.
        let spread = last - first > content * 5 + 10;
        Fit { score: sum / self.total * if spread { 0.85 } else { 1.0 }, hits, in_order: false }
    }

    /// Whether one of its words stands in or above the passage, or is akin to one that does.
    pub(crate) fn touches(&self, index: &Index, id: PassageId) -> bool {
        let all = || index.own(id).iter().chain(index.above(id));
        self.slots.iter().any(|slot| {
            all().any(|t| slot.exact.binary_search(t).is_ok() || slot.akin.binary_search(t).is_ok())
        })
    }
}

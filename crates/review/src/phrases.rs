//! Phrasings of the library against passages: exactly, or by what they are about.

use crate::index::{ABOVE, AKIN, INFLECTED, Index, Values};
use crate::lexicon::{Lexicon, SlotId};
use clauses::Phrase;

/// How many other words may stand between two words of a phrasing that fits exactly.
const GAP_MAX: usize = 3;

/// A phrasing, compiled.
pub(crate) struct Wanted {
    slots: Vec<(SlotId, f32)>,
    pub(crate) total: f32,
    /// Whether the phrasing itself turns a statement round.
    pub(crate) negated: bool,
    /// Whether one of its words may be a negation or another word: `executed/no`.
    may_negate: bool,
}

/// How well a phrasing fits a passage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fit {
    /// 0 to 1.
    pub(crate) score: f32,
    /// How much that is: the sum over the words of content.
    pub(crate) mass: f32,
    /// Where in the passage its words of content stand.
    pub(crate) hits: Vec<usize>,
    /// Whether they stand in the phrasing's own order, close together.
    pub(crate) in_order: bool,
}

impl Wanted {
    pub(crate) fn new(phrase: &Phrase, lexicon: &mut Lexicon) -> Wanted {
        let slots = lexicon.compile(phrase);
        let total = slots.iter().map(|(_, weight)| weight).sum::<f32>().max(0.1);
        let negation = |w: &str| {
            crate::words::is_negation(w)
                || matches!(w, "no" | "without" | "kein" | "keine" | "ohne" | "won't" | "does" | "do")
        };
        let negated = phrase.words.iter().any(|w| w.alternatives.iter().all(|s| negation(&s.text)));
        let may_negate = phrase.words.iter().any(|w| w.alternatives.iter().any(|s| negation(&s.text)));
        Wanted { slots, total, negated, may_negate }
    }

    /// Whether the negation of a passage belongs to the phrasing, as it fits there.
    pub(crate) fn negates(&self, index: &Index, p: usize, fit: &Fit) -> bool {
        self.negated || self.may_negate && fit.hits.iter().any(|h| index.denies(p, *h))
    }

    /// Its slots of content.
    pub(crate) fn content(&self) -> impl Iterator<Item = SlotId> + '_ {
        self.slots.iter().filter(|(_, weight)| *weight > 0.5).map(|(slot, _)| *slot)
    }

    /// No fit of a passage with these values is better than this.
    pub(crate) fn bound(&self, values: &Values) -> f32 {
        self.slots.iter().map(|(slot, weight)| values.of(*slot) * weight).sum::<f32>() / self.total
    }

    /// Its slots with their weights.
    pub(crate) fn weights(&self) -> &[(SlotId, f32)] {
        &self.slots
    }

    /// How well it fits passage `p`, whose values these are.
    pub(crate) fn fit(&self, index: &Index, p: usize, values: &Values) -> Fit {
        self.exact(index, p, values).unwrap_or_else(|| self.loose(values))
    }

    /// Whether its words stand in this order in the passage, with few others between.
    pub(crate) fn exact(&self, index: &Index, p: usize, values: &Values) -> Option<Fit> {
        if self.slots.iter().any(|(slot, _)| values.exact_at(*slot).is_none()) {
            return None;
        }
        let first = self.slots.first().and_then(|(slot, _)| values.exact_at(*slot)).unwrap_or(0);
        let length = index.length(p);
        'start: for start in first..length {
            let mut at = start;
            let mut hits = Vec::new();
            for (n, (slot, weight)) in self.slots.iter().enumerate() {
                let end = if n == 0 { start + 1 } else { (at + GAP_MAX + 1).min(length) };
                match (at..end).find(|i| index.is(p, *i, *slot)) {
                    Some(found) => {
                        at = found + 1;
                        if *weight > 0.5 {
                            hits.push(found);
                        }
                    }
                    None => continue 'start,
                }
            }
            return Some(Fit { score: 1.0, mass: self.total, hits, in_order: true });
        }
        None
    }

    /// How much of the phrasing the passage says, in any order.
    fn loose(&self, values: &Values) -> Fit {
        let mut sum = 0.0;
        let mut hits = Vec::new();
        for (slot, weight) in &self.slots {
            let value = values.of(*slot);
            sum += value * weight;
            if value > ABOVE && *weight > 0.5 {
                hits.extend(values.exact_at(*slot).or_else(|| values.akin_at(*slot)));
            }
        }
        let (Some(first), Some(last)) = (hits.iter().min().copied(), hits.iter().max().copied()) else {
            return Fit::default();
        };
        let content = self.content().count();
        // A single word says it by itself only, not by one that means about the same.
        if content == 1 && self.content().any(|slot| values.of(slot) < INFLECTED) {
            return Fit::default();
        }
        // Words that are strewn over a long passage say less than words that stand together.
        let spread = last - first > content * 5 + 10;
        Fit { score: sum / self.total * if spread { 0.85 } else { 1.0 }, mass: sum, hits, in_order: false }
    }

    /// Whether something touches one of its slots: says its word, or one akin to it.
    pub(crate) fn touches(&self, touched: impl Fn(SlotId) -> bool) -> bool {
        self.slots.iter().any(|(slot, _)| touched(*slot))
    }
}

// A word above a passage never outweighs one in it.
const _: () = assert!(ABOVE < AKIN);

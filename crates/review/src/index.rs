//! The words of one document's passages as numbers, and what each of them is in the library's phrasings.

use crate::lexicon::{Fits, Lexicon, SlotId};
use crate::passage::Passage;
use std::collections::HashMap;
use std::sync::Arc;

/// A word of the document.
type Term = u32;

/// A word that was found by its stem or meaning counts less than the word itself.
pub(crate) const AKIN: f32 = 0.9;

/// The same word in another form counts nearly as much.
pub(crate) const INFLECTED: f32 = 0.96;

/// A word that stands only above the passage counts less than one in it.
pub(crate) const ABOVE: f32 = 0.75;

/// What a word is.
struct Meaning {
    fits: Arc<Fits>,
    negation: bool,
    denies: bool,
    universal: bool,
}

/// The words of one document.
pub(crate) struct Index {
    meanings: Vec<Meaning>,
    /// The terms of each passage, its own and after them those above it.
    own: Vec<Box<[Term]>>,
    above: Vec<Box<[Term]>>,
}

/// How well one passage fits each slot of the library, 0 to 1.
pub(crate) struct Values(Vec<f32>);

impl Values {
    /// Values for all slots of a lexicon, nothing fits yet.
    pub(crate) fn new(lexicon: &Lexicon) -> Values {
        Values(vec![0.0; lexicon.len()])
    }

    /// How well the passage fits a slot.
    pub(crate) fn of(&self, slot: SlotId) -> f32 {
        usize::try_from(slot).ok().and_then(|s| self.0.get(s)).copied().unwrap_or(0.0)
    }

    fn raise(&mut self, slots: &[SlotId], value: f32) {
        for slot in slots {
            if let Some(old) = usize::try_from(*slot).ok().and_then(|s| self.0.get_mut(s)) {
                *old = old.max(value);
            }
        }
    }
}

impl Index {
    /// Takes the words out of the passages of a document.
    pub(crate) fn new(passages: &mut [Passage], lexicon: &Lexicon) -> Index {
        let mut vocabulary: HashMap<String, Term> = HashMap::new();
        let mut index =
            Index { meanings: Vec::new(), own: Vec::with_capacity(passages.len()), above: Vec::new() };
        for passage in passages {
            let mut terms = |words: Vec<String>| -> Box<[Term]> {
                words
                    .into_iter()
                    .map(|word| {
                        if let Some(term) = vocabulary.get(&word) {
                            return *term;
                        }
                        let term = Term::try_from(index.meanings.len()).unwrap_or(Term::MAX);
                        index.meanings.push(meaning(&word, lexicon));
                        vocabulary.insert(word, term);
                        term
                    })
                    .collect()
            };
            let (own, above) =
                (terms(std::mem::take(&mut passage.words)), terms(std::mem::take(&mut passage.above)));
            index.own.push(own);
            index.above.push(above);
        }
        index
    }

    fn meaning(&self, term: Term) -> Option<&Meaning> {
        self.meanings.get(usize::try_from(term).ok()?)
    }

    /// How well passage `p` fits each slot, by its own words and by those above it.
    pub(crate) fn values(&self, p: usize, values: &mut Values) {
        values.0.fill(0.0);
        for (terms, factor) in [(self.above(p), ABOVE), (self.own(p), 1.0)] {
            for meaning in terms.iter().filter_map(|t| self.meaning(*t)) {
                values.raise(&meaning.fits.akin, AKIN * factor);
                values.raise(&meaning.fits.inflected, INFLECTED * factor);
                values.raise(&meaning.fits.exact, factor);
            }
        }
    }

    /// Number of words that a passage says itself.
    pub(crate) fn length(&self, p: usize) -> usize {
        self.own(p).len()
    }

    fn own(&self, p: usize) -> &[Term] {
        self.own.get(p).map_or(&[], |t| t)
    }

    fn above(&self, p: usize) -> &[Term] {
        self.above.get(p).map_or(&[], |t| t)
    }

    /// Whether word `at` of a passage is one of a slot's own alternatives.
    pub(crate) fn is(&self, p: usize, at: usize, slot: SlotId) -> bool {
        self.own(p)
            .get(at)
            .and_then(|t| self.meaning(*t))
            .is_some_and(|m| m.fits.exact.binary_search(&slot).is_ok())
    }

    /// Whether word `at` of a passage is akin to a slot.
    pub(crate) fn is_akin(&self, p: usize, at: usize, slot: SlotId) -> bool {
        self.own(p)
            .get(at)
            .and_then(|t| self.meaning(*t))
            .is_some_and(|m| m.fits.akin.binary_search(&slot).is_ok())
    }

    /// Whether a passage says a slot's word itself, or one akin to it.
    pub(crate) fn touches(&self, p: usize, slot: SlotId) -> bool {
        (0..self.length(p)).any(|at| self.is(p, at, slot) || self.is_akin(p, at, slot))
    }

    /// Whether word `at` of a passage turns a statement round.
    pub(crate) fn is_negation(&self, p: usize, at: usize) -> bool {
        self.own(p).get(at).and_then(|t| self.meaning(*t)).is_some_and(|m| m.negation)
    }

    /// Whether it does, or is one of the weaker words of a denial: `no`, `without`.
    pub(crate) fn denies(&self, p: usize, at: usize) -> bool {
        self.own(p).get(at).and_then(|t| self.meaning(*t)).is_some_and(|m| m.denies)
    }

    /// Whether word `at` of a passage speaks of all: `all`, `jede`.
    pub(crate) fn is_universal(&self, p: usize, at: usize) -> bool {
        self.own(p).get(at).and_then(|t| self.meaning(*t)).is_some_and(|m| m.universal)
    }
}

fn meaning(word: &str, lexicon: &Lexicon) -> Meaning {
    let negation = crate::words::is_negation(word);
    Meaning {
        fits: lexicon.of(word),
        negation,
        denies: negation
            || matches!(word, "no" | "without" | "ohne" | "kein" | "keine" | "keinen" | "keiner" | "keines"),
        universal: matches!(
            word,
            "all" | "every" | "alle" | "allen" | "jede" | "jeder" | "jedes" | "sämtliche"
        ),
    }
}

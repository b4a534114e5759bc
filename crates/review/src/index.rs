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

/// How well one passage fits each slot of the library, and where.
pub(crate) struct Values {
    slots: Vec<Held>,
    /// The slots that it fits at all.
    touched: Vec<SlotId>,
}

/// How well a passage fits one slot.
#[derive(Clone, Copy)]
struct Held {
    /// 0 to 1.
    value: f32,
    /// The first of its own words that is one of the slot's alternatives, and the first that is akin to one; [`NOWHERE`].
    exact: u32,
    akin: u32,
}

/// No word of a passage.
const NOWHERE: u32 = u32::MAX;

const NOT_HELD: Held = Held { value: 0.0, exact: NOWHERE, akin: NOWHERE };

impl Values {
    /// Values for all slots of a lexicon, nothing fits yet.
    pub(crate) fn new(lexicon: &Lexicon) -> Values {
        Values { slots: vec![NOT_HELD; lexicon.len()], touched: Vec::new() }
    }

    fn held(&self, slot: SlotId) -> Held {
        usize::try_from(slot).ok().and_then(|s| self.slots.get(s)).copied().unwrap_or(NOT_HELD)
    }

    /// How well the passage fits a slot, 0 to 1.
    pub(crate) fn of(&self, slot: SlotId) -> f32 {
        self.held(slot).value
    }

    /// The slots that the passage fits, each once, in the order in which they were found.
    pub(crate) fn touched(&self) -> &[SlotId] {
        &self.touched
    }

    /// Where the passage says a slot's word itself for the first time.
    pub(crate) fn exact_at(&self, slot: SlotId) -> Option<usize> {
        place(self.held(slot).exact)
    }

    /// Where it says a word akin to a slot for the first time.
    pub(crate) fn akin_at(&self, slot: SlotId) -> Option<usize> {
        place(self.held(slot).akin)
    }

    fn clear(&mut self) {
        for slot in self.touched.drain(..) {
            if let Some(held) = usize::try_from(slot).ok().and_then(|s| self.slots.get_mut(s)) {
                *held = NOT_HELD;
            }
        }
    }

    fn raise(&mut self, slots: &[SlotId], value: f32, found: impl Fn(&mut Held)) {
        for slot in slots {
            if let Some(held) = usize::try_from(*slot).ok().and_then(|s| self.slots.get_mut(s)) {
                if held.value <= 0.0 {
                    self.touched.push(*slot);
                }
                held.value = held.value.max(value);
                found(held);
            }
        }
    }

    /// Adds a word of the passage itself.
    fn add_own(&mut self, at: usize, fits: &Fits) {
        // Words come in their order, so that the least place is the first.
        let at = u32::try_from(at).unwrap_or(NOWHERE);
        self.raise(&fits.akin, AKIN, |h| h.akin = h.akin.min(at));
        self.raise(&fits.inflected, INFLECTED, |_| {});
        self.raise(&fits.exact, 1.0, |h| h.exact = h.exact.min(at));
    }

    /// Adds a word that stands above it.
    fn add_above(&mut self, fits: &Fits) {
        for (slots, value) in [(&fits.akin, AKIN), (&fits.inflected, INFLECTED), (&fits.exact, 1.0)] {
            self.raise(slots, value * ABOVE, |_| {});
        }
    }
}

fn place(at: u32) -> Option<usize> {
    usize::try_from(at).ok().filter(|_| at != NOWHERE)
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
        values.clear();
        for meaning in self.above(p).iter().filter_map(|t| self.meaning(*t)) {
            values.add_above(&meaning.fits);
        }
        for (at, term) in self.own(p).iter().enumerate() {
            if let Some(meaning) = self.meaning(*term) {
                values.add_own(at, &meaning.fits);
            }
        }
    }

    /// The slots that passage `p` fits by its own words, some of them several times.
    pub(crate) fn slots(&self, p: usize) -> impl Iterator<Item = SlotId> + '_ {
        let fits = self.own(p).iter().filter_map(|t| self.meaning(*t)).map(|m| &m.fits);
        fits.flat_map(|f| f.exact.iter().chain(&f.akin)).copied()
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

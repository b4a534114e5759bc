//! What many facets ask of one passage and of what stands around it, found out once.

use crate::corpus::Document;
use crate::index::Index;
use crate::lexicon::SlotId;
use crate::negation::says_what_for;
use crate::passage::Passage;
use crate::values;
use crate::words::is_open_yet;
use clauses::Value;
use std::cell::{Cell, OnceCell};

/// So many passages before and after one belong to its context.
const BESIDE: usize = 2;

/// So many may hold a value that it must name.
const NAMED_BESIDE: usize = 3;

/// The kinds of values that a passage may have to name.
const VALUES: usize = 8;

/// A passage among the others of its document.
pub(crate) struct Around<'d> {
    document: &'d Document,
    passages: &'d [Passage],
    /// Its number.
    pub(crate) at: usize,
    pub(crate) passage: &'d Passage,
    named: [Cell<Option<bool>>; VALUES],
    beside: OnceCell<Touched>,
    open: OnceCell<bool>,
    what_for: OnceCell<bool>,
    versions: OnceCell<Vec<String>>,
    /// Whether any passage of the document states a class.
    class: &'d OnceCell<bool>,
}

/// A set of slots.
#[derive(Default)]
pub(crate) struct Touched(Vec<u64>);

impl Touched {
    fn add(&mut self, slot: SlotId) {
        let Ok(slot) = usize::try_from(slot) else { return };
        if self.0.len() <= slot / 64 {
            self.0.resize(slot / 64 + 1, 0);
        }
        if let Some(word) = self.0.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    /// Whether it holds a slot.
    pub(crate) fn holds(&self, slot: SlotId) -> bool {
        let word = usize::try_from(slot).ok().and_then(|s| self.0.get(s / 64));
        word.is_some_and(|w| w >> (slot % 64) & 1 == 1)
    }
}

impl<'d> Around<'d> {
    /// Passage `at` of a document.
    pub(crate) fn new(
        document: &'d Document,
        passages: &'d [Passage],
        class: &'d OnceCell<bool>,
        at: usize,
    ) -> Option<Around<'d>> {
        Some(Around {
            document,
            passages,
            at,
            passage: passages.get(at)?,
            named: Default::default(),
            beside: OnceCell::new(),
            open: OnceCell::new(),
            what_for: OnceCell::new(),
            versions: OnceCell::new(),
            class,
        })
    }

    /// The others under the same headings, so many before and after it.
    fn others(&self, most: usize) -> impl Iterator<Item = (usize, &'d Passage)> + '_ {
        let range = self.at.saturating_sub(most)..(self.at + most + 1).min(self.passages.len());
        range
            .filter(|n| *n != self.at)
            .filter_map(|n| Some((n, self.passages.get(n)?)))
            .filter(|(_, p)| p.headings == self.passage.headings)
    }

    /// What the sentences or rows beside it say, which are its context: people do not say in each sentence what they talk about.
    pub(crate) fn beside(&self, index: &Index) -> &Touched {
        self.beside.get_or_init(|| {
            let mut touched = Touched::default();
            let others = self.others(BESIDE).filter(|(_, p)| !p.blank);
            others.flat_map(|(n, _)| index.slots(n)).for_each(|slot| touched.add(slot));
            touched
        })
    }

    /// Whether it says that something is still open.
    pub(crate) fn is_open_yet(&self) -> bool {
        *self.open.get_or_init(|| is_open_yet(&self.passage.text))
    }

    /// Whether it says what something is good for.
    pub(crate) fn says_what_for(&self) -> bool {
        *self.what_for.get_or_init(|| says_what_for(&self.passage.text))
    }

    /// The versions that it gives the software.
    pub(crate) fn versions(&self) -> &[String] {
        self.versions.get_or_init(|| values::software_versions(&self.passage.text))
    }

    /// Whether the passage, or what stands beside it under the same heading, names a value.
    pub(crate) fn names(&self, value: Value) -> bool {
        let Some(cell) = self.named.get(value as usize) else { return self.look_for(value) };
        let named = cell.get().unwrap_or_else(|| self.look_for(value));
        cell.set(Some(named));
        named
    }

    fn look_for(&self, value: Value) -> bool {
        let passage = self.passage;
        if values::holds(value, &passage.text) || passage.headings.iter().any(|h| values::holds(value, h)) {
            return true;
        }
        let near = self.others(NAMED_BESIDE).any(|(_, p)| values::holds(value, &p.text));
        // A document that was signed names its person and date.
        let signatures = &self.document.signatures;
        near || match value {
            Value::Person => signatures.iter().any(|s| !s.name.is_empty()),
            Value::Date => signatures.iter().any(|s| !s.date.is_empty()),
            Value::Version => !self.document.versions.is_empty(),
            Value::Class => *self
                .class
                .get_or_init(|| self.passages.iter().any(|p| values::stated_class(&p.text).is_some())),
            _ => false,
        }
    }
}

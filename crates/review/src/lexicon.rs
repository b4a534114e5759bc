//! The words of the library's phrasings, compiled once: which of them a word of a document is, or is akin to.
//!
//! How rare a word is, is counted over the library's facets and not over the documents at hand. So what a document is judged to
//! say depends on nothing but the document and the library: it stays the same when another file is added, can be kept by the
//! file's digest, and documents can be judged one at a time, in any order, in parallel.

use crate::meanings::{groups, parts, stem};
use crate::words::is_common;
use clauses::Phrase;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// A place of a phrasing: a set of alternatives for one word.
pub(crate) type SlotId = u32;

/// Roots shorter than this are not looked for inside of longer words.
const ROOT_MIN: usize = 6;

/// A compound is longer than the root in it by more bytes than this.
const COMPOUND_MORE: usize = 3;

/// All slots of the library.
#[derive(Default)]
pub(crate) struct Lexicon {
    slots: HashMap<Vec<(String, bool)>, SlotId>,
    whole: HashMap<String, Vec<SlotId>>,
    open: HashMap<String, Vec<SlotId>>,
    stems: HashMap<String, Vec<SlotId>>,
    groups: HashMap<usize, Vec<SlotId>>,
    roots: HashMap<String, Vec<SlotId>>,
    /// In how many facets each slot stands.
    facets: Vec<u32>,
    /// Words of documents that were looked up before: documents of one firm share most of them.
    known: RwLock<HashMap<String, Arc<Fits>>>,
}

/// The slots that a word fits.
#[derive(Debug, Default)]
pub(crate) struct Fits {
    /// Itself, in order.
    pub(crate) exact: Vec<SlotId>,
    /// In another form, in order: by its stem.
    pub(crate) inflected: Vec<SlotId>,
    /// By stem, meaning or as a part of a compound, in order.
    pub(crate) akin: Vec<SlotId>,
}

/// Most words that are kept: identifiers and numbers of many documents are without end.
const KNOWN_MAX: usize = 100_000;

/// Adds a slot to a list that has it at its end at most once.
fn add(lists: &mut HashMap<String, Vec<SlotId>>, key: &str, slot: SlotId) {
    let list = lists.entry(key.to_owned()).or_default();
    if list.last() != Some(&slot) {
        list.push(slot);
    }
}

impl Lexicon {
    /// The slots of a phrasing, each with its weight: a word that stands in every sentence counts a tenth.
    pub(crate) fn compile(&mut self, phrase: &Phrase) -> Vec<(SlotId, f32)> {
        let slot = |word: &clauses::Word| {
            let common = word.alternatives.iter().all(|s| is_common(&s.text));
            (self.slot(word), if common { 0.1 } else { 1.0 })
        };
        phrase.words.iter().map(slot).collect()
    }

    fn slot(&mut self, word: &clauses::Word) -> SlotId {
        let mut key: Vec<(String, bool)> =
            word.alternatives.iter().map(|s| (s.text.clone(), s.open)).collect();
        key.sort();
        key.dedup();
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        let slot = SlotId::try_from(self.facets.len()).unwrap_or(SlotId::MAX);
        self.facets.push(0);
        for (text, open) in &key {
            add(if *open { &mut self.open } else { &mut self.whole }, text, slot);
            let root = stem(text);
            add(&mut self.stems, root, slot);
            if root.chars().count() >= ROOT_MIN {
                add(&mut self.roots, root, slot);
            }
            if !is_common(text) {
                for group in groups(text) {
                    let list = self.groups.entry(group).or_default();
                    if list.last() != Some(&slot) {
                        list.push(slot);
                    }
                }
            }
        }
        self.slots.insert(key, slot);
        slot
    }

    /// Counts a facet for each of its slots.
    pub(crate) fn count(&mut self, slots: &[SlotId]) {
        for slot in slots {
            if let Some(count) = usize::try_from(*slot).ok().and_then(|s| self.facets.get_mut(s)) {
                *count += 1;
            }
        }
    }

    /// Number of slots.
    pub(crate) fn len(&self) -> usize {
        self.facets.len()
    }

    /// How much a slot tells, by how few of `all` facets it stands in.
    #[allow(clippy::cast_precision_loss, reason = "a score")]
    pub(crate) fn rarity(&self, slot: SlotId, all: usize) -> f32 {
        let held = usize::try_from(slot).ok().and_then(|s| self.facets.get(s)).copied().unwrap_or(0);
        ((all as f32 - held as f32 + 0.5) / (held as f32 + 0.5) + 1.0).ln()
    }

    /// The slots that a word in small letters fits.
    pub(crate) fn of(&self, word: &str) -> Arc<Fits> {
        if let Some(fits) = self.known.read().ok().and_then(|k| k.get(word).cloned()) {
            return fits;
        }
        let fits = Arc::new(self.look_up(word));
        if let Ok(mut known) = self.known.write()
            && known.len() < KNOWN_MAX
        {
            known.insert(word.to_owned(), Arc::clone(&fits));
        }
        fits
    }

    fn look_up(&self, word: &str) -> Fits {
        let mut exact: Vec<SlotId> = self.whole.get(word).cloned().unwrap_or_default();
        let ends = || word.char_indices().map(|(i, c)| i + c.len_utf8());
        exact.extend(ends().filter_map(|end| self.open.get(word.get(..end)?)).flatten());
        exact.sort_unstable();
        exact.dedup();
        let mut inflected: Vec<SlotId> = self.stems.get(stem(word)).cloned().unwrap_or_default();
        inflected.sort_unstable();
        inflected.dedup();
        let mut akin = inflected.clone();
        akin.extend(groups(word).filter_map(|g| self.groups.get(&g)).flatten());
        for part in parts(word) {
            akin.extend(self.whole.get(&part).into_iter().flatten());
            akin.extend(self.stems.get(stem(&part)).into_iter().flatten());
            akin.extend(groups(&part).filter_map(|g| self.groups.get(&g)).flatten());
        }
        for (start, _) in word.char_indices() {
            for end in
                ends().filter(|end| *end >= start + ROOT_MIN && end - start + COMPOUND_MORE < word.len())
            {
                akin.extend(word.get(start..end).and_then(|part| self.roots.get(part)).into_iter().flatten());
            }
        }
        akin.sort_unstable();
        akin.dedup();
        Fits { exact, inflected, akin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_fits_by_itself_by_its_beginning_by_stem_and_inside_a_compound() {
        let mut lexicon = Lexicon::default();
        let word = |text: &str| {
            let (text, open) = text.strip_suffix('*').map_or((text, false), |t| (t, true));
            clauses::Word { alternatives: vec![clauses::Stem { text: text.to_owned(), open }] }
        };
        let whole = lexicon.slot(&word("prüfbericht"));
        let open = lexicon.slot(&word("bewert*"));
        let other = lexicon.slot(&word("keyboard"));
        assert_eq!(lexicon.slot(&word("prüfbericht")), whole);
        assert_eq!(lexicon.look_up("prüfbericht").exact, [whole]);
        assert_eq!(lexicon.look_up("bewertung").exact, [open]);
        assert!(lexicon.look_up("prüfberichte").akin.contains(&whole));
        assert!(lexicon.look_up("systemprüfberichtes").akin.contains(&whole));
        assert!(lexicon.look_up("assessed").akin.contains(&open));
        assert!(!lexicon.look_up("prüfbericht").akin.contains(&other));
    }
}

//! Which phrasings of the library a passage may fit at all, found from the passage's few words and not by asking each of thousands of phrasings.

use crate::index::Values;
use crate::lexicon::SlotId;
use crate::phrases::Wanted;

/// What a phrasing is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// A wording of a facet: something says or denies it.
    Wording {
        /// The facet's number.
        facet: u32,
        /// The wording's, among those of the facet.
        number: u32,
    },
    /// A sign of a gap.
    Sign {
        /// The gap's number.
        gap: u32,
    },
}

/// A phrasing that a slot stands in.
struct Posting {
    phrase: u32,
    /// The slot's share of the phrasing.
    share: f32,
}

/// The phrasings by their slots.
pub(crate) struct Nearby {
    postings: Vec<Vec<Posting>>,
    uses: Vec<Use>,
}

/// Sums of the same numbers in another order differ by less; who is let in here is asked exactly.
const ROUNDING: f32 = 0.001;

impl Nearby {
    /// None yet, for so many slots.
    pub(crate) fn new(slots: usize) -> Nearby {
        Nearby { postings: (0..slots).map(|_| Vec::new()).collect(), uses: Vec::new() }
    }

    /// Adds a phrasing.
    pub(crate) fn add(&mut self, wanted: &Wanted, of: Use) {
        let phrase = u32::try_from(self.uses.len()).unwrap_or(u32::MAX);
        self.uses.push(of);
        for (slot, weight) in wanted.weights() {
            if let Some(list) = usize::try_from(*slot).ok().and_then(|s| self.postings.get_mut(s)) {
                list.push(Posting { phrase, share: weight / wanted.total });
            }
        }
    }

    /// What the phrasings are used for that a passage with these values may fit by this much, each once, in order.
    pub(crate) fn of(&self, values: &Values, least: f32, sums: &mut Sums, out: &mut Vec<Use>) {
        out.clear();
        sums.0.resize(self.uses.len(), 0.0);
        for slot in values.touched() {
            let value = values.of(*slot);
            for posting in self.postings(*slot) {
                if let Some(sum) = usize::try_from(posting.phrase).ok().and_then(|p| sums.0.get_mut(p)) {
                    let before = *sum;
                    *sum += value * posting.share;
                    if before < least - ROUNDING && *sum >= least - ROUNDING {
                        out.extend(usize::try_from(posting.phrase).ok().and_then(|p| self.uses.get(p)));
                    }
                }
            }
        }
        for posting in values.touched().iter().flat_map(|slot| self.postings(*slot)) {
            if let Some(sum) = usize::try_from(posting.phrase).ok().and_then(|p| sums.0.get_mut(p)) {
                *sum = 0.0;
            }
        }
        out.sort_unstable();
        out.dedup();
    }

    fn postings(&self, slot: SlotId) -> &[Posting] {
        usize::try_from(slot).ok().and_then(|s| self.postings.get(s)).map_or(&[], Vec::as_slice)
    }
}

/// Room for sums over phrasings; all nought between two passages.
#[derive(Default)]
pub(crate) struct Sums(Vec<f32>);

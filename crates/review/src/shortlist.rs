//! The passages that come nearest to each facet over all documents, by BM25: what a model is shown.

use crate::addressed::speaks_to_a_model;
use crate::corpus::Document;
use crate::index::Values;
use crate::library::Library;
use crate::passage::Passage;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Passages that are shown for one facet.
const MOST: usize = 8;

/// BM25's saturation and its weight of length.
const K1: f32 = 1.2;
const B: f32 = 0.6;

/// Words of a usual passage. A constant, not the mean of the documents at hand: the rank of a passage does not depend on others.
const USUAL: f32 = 14.0;

/// A passage that comes near.
#[derive(Clone, Debug)]
pub(crate) struct Near {
    score: f32,
    /// The document's number and the passage's in it.
    place: (usize, usize),
    pub(crate) file: String,
    pub(crate) page: u32,
    pub(crate) heading: String,
    pub(crate) text: String,
    /// Whether it says anything at all: no blank place, no blank form.
    pub(crate) usable: bool,
}

/// The nearest passages of each facet, best first.
pub(crate) struct Shortlist {
    lists: Mutex<Vec<Vec<Near>>>,
    /// Passages that were left out because they speak to a model.
    withheld: AtomicUsize,
}

impl Shortlist {
    pub(crate) fn new(library: &Library<'_>) -> Shortlist {
        let lists = Mutex::new(vec![Vec::new(); library.facets.len()]);
        Shortlist { lists, withheld: AtomicUsize::new(0) }
    }

    /// How many passages were left out because they speak to a model.
    pub(crate) fn withheld(&self) -> usize {
        self.withheld.load(Ordering::Relaxed)
    }

    /// Offers a passage to each facet.
    pub(crate) fn add(
        &self,
        library: &Library<'_>,
        (order, document): (usize, &Document),
        (p, passages): (usize, &[Passage]),
        length: usize,
        values: &Values,
    ) {
        let Some(passage) = passages.get(p) else { return };
        if speaks_to_a_model(&passage.text) {
            self.withheld.fetch_add(1, Ordering::Relaxed);
            return;
        }
        #[allow(clippy::cast_precision_loss, reason = "a score")]
        let saturation = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * length as f32 / USUAL));
        let Ok(mut lists) = self.lists.lock() else { return };
        for (facet, list) in library.facets.iter().zip(lists.iter_mut()) {
            let held = facet.content.iter().filter(|slot| values.of(**slot) > 0.0);
            let score: f32 =
                held.map(|slot| library.lexicon.rarity(*slot, library.facets.len()) * saturation).sum();
            let place = (order, p);
            let before = |n: &Near| n.score > score || n.score.total_cmp(&score).is_eq() && n.place < place;
            let at = list.iter().take_while(|n| before(n)).count();
            if score <= 0.0 || at >= MOST {
                continue;
            }
            let near = Near {
                score,
                place,
                file: document.file.clone(),
                page: passage.page,
                heading: passage.headings.last().cloned().unwrap_or_default(),
                text: passage.text.clone(),
                usable: !passage.blank && !document.template,
            };
            list.insert(at, near);
            list.truncate(MOST);
        }
    }

    /// The nearest passages of a facet.
    pub(crate) fn of(&self, facet: u32) -> Vec<Near> {
        let lists = self.lists.lock().ok();
        let at = usize::try_from(facet).unwrap_or(usize::MAX);
        lists.and_then(|l| l.get(at).cloned()).unwrap_or_default()
    }
}

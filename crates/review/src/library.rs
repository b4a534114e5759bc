//! The guides of the library, compiled for judging: every facet and gap with its phrasings as slots of one lexicon.

use crate::corpus::Document;
use crate::lexicon::{Lexicon, SlotId};
use crate::nearby::{Nearby, Use};
use crate::phrases::Wanted;
use clauses::{Facet, Guides, Kind, Phrase};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Everything that documents are judged against.
pub(crate) struct Library<'g> {
    pub(crate) guides: &'g Guides,
    pub(crate) lexicon: Lexicon,
    /// All facets, in the order of the library.
    pub(crate) facets: Vec<FacetWords<'g>>,
    /// The signs of all gaps, in the order of the library.
    pub(crate) signs: Vec<Vec<Wanted>>,
    /// Which of all these phrasings a passage may fit.
    pub(crate) nearby: Nearby,
    /// Facets and gaps by id.
    facet_numbers: HashMap<&'g str, usize>,
    gap_numbers: HashMap<&'g str, usize>,
}

/// A facet and how it is said.
pub(crate) struct FacetWords<'g> {
    pub(crate) facet: &'g Facet,
    /// The kind of evidence that its clause asks for.
    pub(crate) kind: Option<Kind>,
    /// The kinds of documents that usually hold the answer.
    documents: &'g [String],
    /// One for each language.
    pub(crate) wordings: Vec<Wording>,
    /// The words of content of all that says it, each once.
    pub(crate) content: Vec<SlotId>,
}

/// A facet's phrasings in one language.
pub(crate) struct Wording {
    pub(crate) says: Vec<Wanted>,
    pub(crate) denies: Vec<Wanted>,
    pub(crate) near: Vec<Wanted>,
    pub(crate) context: Vec<Wanted>,
}

impl<'g> Library<'g> {
    pub(crate) fn new(guides: &'g Guides) -> Library<'g> {
        let mut lexicon = Lexicon::default();
        let (mut facets, mut signs) = (Vec::new(), Vec::new());
        let (mut facet_numbers, mut gap_numbers) = (HashMap::new(), HashMap::new());
        for guide in guides.all() {
            let kind = clauses::clause(&guide.clause).and_then(|c| c.kind);
            for facet in guide.constraints.iter().flat_map(|c| &c.facets) {
                facet_numbers.insert(facet.id.as_str(), facets.len());
                facets.push(FacetWords::new(facet, kind, &guide.documents, &mut lexicon));
            }
            for gap in &guide.gaps {
                gap_numbers.insert(gap.id.as_str(), signs.len());
                signs.push(gap.signs.values().flatten().map(|p| Wanted::new(p, &mut lexicon)).collect());
            }
        }
        let nearby = nearby(&facets, &signs, lexicon.len());
        Library { guides, lexicon, facets, signs, nearby, facet_numbers, gap_numbers }
    }

    /// A facet's number.
    pub(crate) fn facet(&self, id: &str) -> Option<u32> {
        self.facet_numbers.get(id).and_then(|n| u32::try_from(*n).ok())
    }

    /// A gap's number.
    pub(crate) fn gap(&self, id: &str) -> Option<u32> {
        self.gap_numbers.get(id).and_then(|n| u32::try_from(*n).ok())
    }
}

/// Where each phrasing is used that a passage is held against first.
fn nearby(facets: &[FacetWords<'_>], signs: &[Vec<Wanted>], slots: usize) -> Nearby {
    let mut nearby = Nearby::new(slots);
    for (facet, words) in (0u32..).zip(facets) {
        for (number, wording) in (0u32..).zip(&words.wordings) {
            for phrase in wording.says.iter().chain(&wording.denies) {
                nearby.add(phrase, Use::Wording { facet, number });
            }
        }
    }
    for (gap, phrases) in (0u32..).zip(signs) {
        for phrase in phrases {
            nearby.add(phrase, Use::Sign { gap });
        }
    }
    nearby
}

impl<'g> FacetWords<'g> {
    fn new(
        facet: &'g Facet,
        kind: Option<Kind>,
        documents: &'g [String],
        lexicon: &mut Lexicon,
    ) -> FacetWords<'g> {
        let mut wordings = Vec::new();
        for wording in facet.wording.values() {
            let mut wanted =
                |list: &[Phrase]| -> Vec<Wanted> { list.iter().map(|p| Wanted::new(p, lexicon)).collect() };
            wordings.push(Wording {
                says: wanted(&wording.says),
                denies: wanted(&wording.denies),
                near: wanted(&wording.near),
                context: wanted(&wording.context),
            });
        }
        let mut content: Vec<SlotId> =
            wordings.iter().flat_map(|w| &w.says).flat_map(Wanted::content).collect();
        content.sort_unstable();
        content.dedup();
        lexicon.count(&content);
        FacetWords { facet, kind, documents, wordings, content }
    }

    /// Whether a document's name or title says that it is of a kind that usually holds the answer: what a sentence of a risk file speaks
    /// of is risk, without saying so each time.
    pub(crate) fn expected_in(&self, document: &Document) -> bool {
        document.kinds.iter().any(|k| self.documents.contains(k))
    }
}

/// SHA-256 over the guide files and the kinds of documents of this binary.
pub(crate) fn library_digest() -> String {
    let mut hash = Sha256::new();
    for (name, text) in clauses::GUIDE_SOURCES {
        hash.update(name);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    hash.update(clauses::DOCUMENTS);
    hex::encode(hash.finalize())
}

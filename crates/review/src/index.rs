//! The words of all passages: which passage holds which word, and BM25 over them.

use crate::corpus::Document;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// A word of the corpus.
pub(crate) type Term = u32;

/// A passage by its number over all documents.
pub(crate) type PassageId = u32;

/// BM25's saturation and its weight of length.
const K1: f32 = 1.2;
const B: f32 = 0.6;

/// The index.
#[derive(Default)]
pub(crate) struct Index {
    /// Words in order, so that those with one beginning stand together.
    vocabulary: BTreeMap<String, Term>,
    /// Words by their stem.
    stems: HashMap<String, Vec<Term>>,
    /// Words by group of same meaning.
    groups: HashMap<usize, Vec<Term>>,
    postings: Vec<Vec<PassageId>>,
    /// The terms of each passage, its own and after them those above it.
    own: Vec<Box<[Term]>>,
    above: Vec<Box<[Term]>>,
    /// Document and number in it.
    places: Vec<(usize, usize)>,
    mean_length: f32,
    /// Words of all passages.
    words: usize,
    strong: Vec<Term>,
    denying: Vec<Term>,
    universal: Vec<Term>,
    /// Words akin to a word, found once: phrasings repeat their words a thousand times.
    kin: Mutex<HashMap<String, Arc<Vec<Term>>>>,
}

impl Index {
    /// Adds a document, the number of which is `d`, and takes the words out of its passages.
    pub(crate) fn add(&mut self, d: usize, document: &mut Document) {
        for (p, passage) in document.passages.iter_mut().enumerate() {
            let id = PassageId::try_from(self.places.len()).unwrap_or(PassageId::MAX);
            let (own, above) = (std::mem::take(&mut passage.words), std::mem::take(&mut passage.above));
            let own: Box<[Term]> = own.iter().map(|w| self.term(w)).collect();
            let above: Box<[Term]> = above.iter().map(|w| self.term(w)).collect();
            for term in own.iter().chain(&above) {
                if let Some(list) = usize::try_from(*term).ok().and_then(|t| self.postings.get_mut(t))
                    && list.last() != Some(&id)
                {
                    list.push(id);
                }
            }
            self.words += own.len();
            self.own.push(own);
            self.above.push(above);
            self.places.push((d, p));
        }
    }

    /// To be called once, after the last document.
    pub(crate) fn complete(&mut self) {
        #[allow(clippy::cast_precision_loss, reason = "a mean")]
        let mean = self.words as f32 / self.places.len().max(1) as f32;
        self.mean_length = mean.max(1.0);
        let of = |words: &[&str]| -> Vec<Term> {
            words.iter().filter_map(|w| self.vocabulary.get(*w)).copied().collect()
        };
        let strong = of(crate::words::STRONG);
        let mut denying = of(&["no", "without", "ohne", "kein", "keine", "keinen", "keiner", "keines"]);
        denying.extend(&strong);
        let all = of(&["all", "every", "alle", "allen", "jede", "jeder", "jedes", "sämtliche"]);
        (self.strong, self.denying, self.universal) = (strong, denying, all);
    }

    /// Whether a term turns a statement round.
    pub(crate) fn is_negation(&self, term: Term) -> bool {
        self.strong.contains(&term)
    }

    /// Whether it does, or is one of the weaker words of a denial: `no`, `without`.
    pub(crate) fn denies(&self, term: Term) -> bool {
        self.denying.contains(&term)
    }

    /// Whether a term speaks of all: `all`, `jede`.
    pub(crate) fn is_universal(&self, term: Term) -> bool {
        self.universal.contains(&term)
    }

    fn term(&mut self, word: &str) -> Term {
        if let Some(term) = self.vocabulary.get(word) {
            return *term;
        }
        let term = Term::try_from(self.postings.len()).unwrap_or(Term::MAX);
        self.postings.push(Vec::new());
        self.vocabulary.insert(word.to_owned(), term);
        self.stems.entry(crate::words::stem(word).to_owned()).or_default().push(term);
        for group in crate::words::groups(word) {
            self.groups.entry(group).or_default().push(term);
        }
        term
    }

    /// The word itself, or all that begin with it.
    pub(crate) fn exact(&self, word: &str, open: bool, out: &mut Vec<Term>) {
        if !open {
            out.extend(self.vocabulary.get(word));
            return;
        }
        out.extend(
            self.vocabulary
                .range(word.to_owned()..)
                .take_while(|(w, _)| w.starts_with(word))
                .map(|(_, t)| *t),
        );
    }

    /// Words of the same stem, of the same meaning, and compounds that hold it.
    pub(crate) fn akin(&self, word: &str, out: &mut Vec<Term>) {
        let known = self.kin.lock().ok().and_then(|kin| kin.get(word).cloned());
        let terms = known.unwrap_or_else(|| {
            let mut found = Vec::new();
            self.find_akin(word, &mut found);
            found.sort_unstable();
            found.dedup();
            let found = Arc::new(found);
            if let Ok(mut kin) = self.kin.lock() {
                kin.insert(word.to_owned(), Arc::clone(&found));
            }
            found
        });
        out.extend(terms.iter());
    }

    fn find_akin(&self, word: &str, out: &mut Vec<Term>) {
        if let Some(terms) = self.stems.get(crate::words::stem(word)) {
            out.extend(terms);
        }
        if !crate::words::is_common(word) {
            for group in crate::words::groups(word) {
                out.extend(self.groups.get(&group).into_iter().flatten());
            }
        }
        let root = crate::words::stem(word);
        if root.chars().count() >= 6 {
            out.extend(
                self.vocabulary
                    .iter()
                    .filter(|(w, _)| w.len() > root.len() + 3 && w.contains(root))
                    .map(|(_, t)| *t),
            );
        }
    }

    /// The passages that best hold groups of terms, best first: BM25, each group as one word.
    pub(crate) fn search(&self, query: &[Vec<Term>], most: usize) -> Vec<PassageId> {
        let mut scores: HashMap<PassageId, f32> = HashMap::new();
        #[allow(clippy::cast_precision_loss, reason = "a score")]
        let count = self.places.len() as f32;
        let mut groups: Vec<Vec<PassageId>> = query.iter().map(|group| self.holders(group)).collect();
        // The rarest words choose the candidates; a word that stands nearly everywhere only adds to those that are chosen.
        groups.sort_by_key(Vec::len);
        let common = self.places.len() / 5;
        for (n, holders) in groups.iter().enumerate() {
            #[allow(clippy::cast_precision_loss, reason = "a score")]
            let held = holders.len() as f32;
            let idf = ((count - held + 0.5) / (held + 0.5) + 1.0).ln();
            let choosing = n == 0 || holders.len() <= common || scores.len() < most;
            for id in holders {
                #[allow(clippy::cast_precision_loss, reason = "a score")]
                let length = self.own(*id).len() as f32;
                let weight = idf * (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * length / self.mean_length));
                if choosing {
                    *scores.entry(*id).or_default() += weight;
                } else if let Some(score) = scores.get_mut(id) {
                    *score += weight;
                }
            }
        }
        let mut best: Vec<(PassageId, f32)> = scores.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.into_iter().take(most).map(|(id, _)| id).collect()
    }

    /// The passages that hold one of these terms.
    fn holders(&self, group: &[Term]) -> Vec<PassageId> {
        let lists = group.iter().filter_map(|t| self.postings.get(usize::try_from(*t).ok()?));
        let mut holders: Vec<PassageId> = lists.flatten().copied().collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// The terms that a passage says itself.
    pub(crate) fn own(&self, id: PassageId) -> &[Term] {
        usize::try_from(id).ok().and_then(|i| self.own.get(i)).map_or(&[], |t| t)
    }

    /// The terms above a passage.
    pub(crate) fn above(&self, id: PassageId) -> &[Term] {
        usize::try_from(id).ok().and_then(|i| self.above.get(i)).map_or(&[], |t| t)
    }

    /// Where a passage stands: document, and number in it.
    pub(crate) fn place(&self, id: PassageId) -> Option<(usize, usize)> {
        self.places.get(usize::try_from(id).ok()?).copied()
    }

    /// Number of passages.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }
}

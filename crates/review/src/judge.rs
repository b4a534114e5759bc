//! One facet against the corpus: candidates by BM25, each judged, the best passage quoted.

use crate::corpus::Document;
use crate::index::{Index, PassageId};
use crate::passage::Passage;
use crate::phrases::{Fit, Wanted};
use crate::result::{FacetResult, Quote, Searched, Verdict};
use crate::values;
use clauses::{Facet, Kind};

/// Candidate passages of one facet.
const CANDIDATES: usize = 60;

/// From here on a loose fit says it.
pub(crate) const SAYS: f32 = 0.66;

/// From here on a loose fit denies it: a denial needs nearly all of its words.
const DENIES: f32 = 0.9;

/// A blank place shows that the document meant to say it from here on.
const BLANK: f32 = 0.6;

/// Why a procedure alone shows a record in part only.
pub(crate) const TO_BE_DONE: &str = "it says that this is to be done, not that it was";

/// What judging needs.
pub(crate) struct Judge<'r> {
    pub(crate) documents: &'r [Document],
    pub(crate) index: &'r Index,
    /// The product's version, where it is known.
    pub(crate) version: Option<&'r str>,
}

/// A facet's phrasings over the corpus.
struct Wording {
    says: Vec<Wanted>,
    denies: Vec<Wanted>,
    near: Vec<Wanted>,
    context: Vec<Wanted>,
}

/// What one passage says of a facet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Yes(f32),
    No(f32),
    /// Says it, and lacks a value that it must name.
    Weak(f32),
    /// Says that it is to be done, where a record is asked for that it was.
    Duty(f32),
    Blank(f32),
    Nothing,
}

impl Judge<'_> {
    /// Judges one facet of a clause of this kind.
    pub(crate) fn facet(&self, facet: &Facet, kind: Option<Kind>) -> FacetResult {
        let mut wordings = Vec::new();
        for wording in facet.wording.values() {
            let wanted = |list: &[clauses::Phrase]| list.iter().map(|p| Wanted::new(p, self.index)).collect();
            wordings.push(Wording {
                says: wanted(&wording.says),
                denies: wanted(&wording.denies),
                near: wanted(&wording.near),
                context: wanted(&wording.context),
            });
        }
        let mut candidates: Vec<PassageId> = Vec::new();
        for wording in &wordings {
            for phrase in wording.says.iter().chain(&wording.denies) {
                let query: Vec<_> = phrase.query().collect();
                candidates.extend(self.index.search(&query, CANDIDATES / 4));
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut said: Vec<(PassageId, Said)> = Vec::new();
        for id in &candidates {
            for wording in &wordings {
                let what = self.passage(*id, facet, wording, kind);
                if what != Said::Nothing {
                    said.push((*id, what));
                }
            }
        }
        self.conclude(facet, &said, candidates.len())
    }

    fn passage(&self, id: PassageId, facet: &Facet, wording: &Wording, kind: Option<Kind>) -> Said {
        let Some((document, passage)) = self.at(id) else { return Said::Nothing };
        let best = |list: &[Wanted]| -> Option<(Fit, bool)> {
            list.iter()
                .map(|w| (w.exact(self.index, id).unwrap_or_else(|| w.loose(self.index, id)), w.negated))
                .max_by(|a, b| a.0.score.total_cmp(&b.0.score))
        };
        let in_context =
            wording.context.is_empty() || wording.context.iter().any(|w| w.touches(self.index, id));
        let says = best(&wording.says).unwrap_or_default();
        let denies = best(&wording.denies).unwrap_or_default();
        let near = wording.near.iter().filter_map(|w| w.exact(self.index, id)).next().is_some();
        if !document.relevant {
            return Said::Nothing;
        }
        if passage.blank || document.template {
            let sought = says.0.score.max(denies.0.score);
            return if sought >= BLANK && in_context { Said::Blank(sought) } else { Said::Nothing };
        }
        // `does not contribute to unacceptable risk` holds the words of its own denial.
        let subsumed = says.1 && !denies.1 && says.0.score >= SAYS;
        // The words of a denial strewn over a sentence deny nothing, unless a negation stands where one belongs.
        let denied = denies.0.in_order || denies.0.score >= DENIES && self.denial_stands(id, &denies.0);
        if denied && denies.0.score + 0.02 >= says.0.score && !subsumed {
            return Said::No(denies.0.score);
        }
        if says.0.score < SAYS || !in_context {
            return Said::Nothing;
        }
        if !says.1 && self.turned_round(id, &says.0) {
            return Said::No(says.0.score);
        }
        // A sounding-like passage shows nothing.
        if near && says.0.score < 1.0 {
            return Said::Nothing;
        }
        if kind == Some(Kind::Record) && passage.duty {
            return if near { Said::Nothing } else { Said::Duty(says.0.score) };
        }
        if facet.needs.iter().all(|v| self.names(*v, id, passage)) {
            Said::Yes(says.0.score)
        } else {
            Said::Weak(says.0.score)
        }
    }

    fn at(&self, id: PassageId) -> Option<(&Document, &Passage)> {
        let (d, p) = self.index.place(id)?;
        let document = self.documents.get(d)?;
        Some((document, document.passages.get(p)?))
    }

    /// Whether a negation stands right before one of the words that fit: `not been evaluated` turns the statement round, `known
    /// and not corrected` does not, where `known` is what fits.
    fn turned_round(&self, id: PassageId, fit: &Fit) -> bool {
        let own = self.index.own(id);
        let negated = |at: &usize| {
            own.get(at.saturating_sub(2)..*at).unwrap_or_default().iter().any(|t| self.index.is_negation(*t))
        };
        // `Not all requirements are covered` turns round what is said of all.
        let not_all = own
            .windows(2)
            .any(|w| matches!(w, [n, all] if self.index.is_negation(*n) && self.index.is_universal(*all)));
        not_all || fit.hits.iter().any(negated)
    }

    /// Whether a word that denies stands shortly before one of the words that fit, weak ones (`no`, `without`) included: they
    /// belong to the wording of a denial, and only their place tells whether they belong to the same statement.
    fn denial_stands(&self, id: PassageId, fit: &Fit) -> bool {
        let own = self.index.own(id);
        fit.hits.iter().any(|at| {
            own.get(at.saturating_sub(3)..*at).unwrap_or_default().iter().any(|t| self.index.denies(*t))
        })
    }

    /// Whether the passage, or what stands beside it under the same heading, names a value.
    fn names(&self, value: clauses::Value, id: PassageId, passage: &Passage) -> bool {
        if values::holds(value, &passage.text) || passage.headings.iter().any(|h| values::holds(value, h)) {
            return true;
        }
        let Some((d, p)) = self.index.place(id) else { return false };
        let Some(document) = self.documents.get(d) else { return false };
        let beside = document
            .passages
            .get(p.saturating_sub(3)..(p + 4).min(document.passages.len()))
            .unwrap_or_default();
        let near =
            beside.iter().filter(|b| b.headings == passage.headings).any(|b| values::holds(value, &b.text));
        // A document that was signed names its person and date.
        let signed = !document.signatures.is_empty();
        near || matches!(value, clauses::Value::Person)
            && document.signatures.iter().any(|s| !s.name.is_empty())
            || matches!(value, clauses::Value::Date)
                && signed
                && document.signatures.iter().any(|s| !s.date.is_empty())
            || matches!(value, clauses::Value::Version) && !document.versions.is_empty()
    }

    fn conclude(&self, facet: &Facet, said: &[(PassageId, Said)], candidates: usize) -> FacetResult {
        let pick = |score: fn(Said) -> Option<f32>| {
            said.iter()
                .filter_map(|(id, s)| Some((*id, score(*s)?)))
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        };
        let any = pick(|s| if let Said::Yes(v) = s { Some(v) } else { None });
        // What is said of this version outweighs what is said better of another one.
        let current = said.iter().filter_map(|(id, s)| match s {
            Said::Yes(v) if self.outdated(*id).is_none() => Some((*id, *v)),
            _ => None,
        });
        let yes = current.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).or(any);
        let no = pick(|s| if let Said::No(v) = s { Some(v) } else { None });
        let weak = pick(|s| if let Said::Weak(v) = s { Some(v) } else { None });
        let blank = pick(|s| if let Said::Blank(v) = s { Some(v) } else { None });
        let duty = pick(|s| if let Said::Duty(v) = s { Some(v) } else { None });
        let (verdict, chosen, reason) = match (yes, no, weak, blank.or(duty)) {
            (Some(y), Some(n), _, _) => {
                (Verdict::Contradicted, vec![n, y], "one passage says it, another denies it".to_owned())
            }
            (None, Some(n), _, _) => (Verdict::Contradicted, vec![n], "the passage denies it".to_owned()),
            (Some(y), None, _, _) => {
                if let Some(other) = self.outdated(y.0) {
                    let reason = format!("the document speaks of version {other}");
                    (Verdict::Outdated, vec![y], reason)
                } else {
                    (Verdict::Met, vec![y], String::new())
                }
            }
            (None, None, Some(w), _) => {
                let missing: Vec<&str> = facet.needs.iter().map(|v| values::name(*v)).collect();
                (Verdict::Partly, vec![w], format!("it does not name {}", missing.join(" and ")))
            }
            (None, None, None, Some(d)) if blank.is_none() => {
                (Verdict::Partly, vec![d], TO_BE_DONE.to_owned())
            }
            (None, None, None, Some(b)) => {
                (Verdict::TemplateOnly, vec![b], "the place for it is blank".to_owned())
            }
            (None, None, None, None) => (Verdict::NotFound, Vec::new(), String::new()),
        };
        FacetResult {
            id: facet.id.clone(),
            must: facet.must.clone(),
            verdict,
            reason,
            quotes: chosen.iter().filter_map(|(id, score)| self.quote(*id, *score)).collect(),
            searched: (verdict == Verdict::NotFound).then(|| self.searched(facet, candidates)),
            by_model: false,
        }
    }

    /// The version that the passage's document speaks of, where it is not the product's.
    fn outdated(&self, id: PassageId) -> Option<String> {
        let version = self.version?;
        let (document, passage) = self.at(id)?;
        let own = values::software_versions(&passage.text);
        let spoken = if own.is_empty() { &document.versions } else { &own };
        (!spoken.is_empty() && !spoken.iter().any(|v| same_version(v, version))).then(|| spoken.join(", "))
    }

    /// The passage as a quotation.
    pub(crate) fn quote(&self, id: PassageId, score: f32) -> Option<Quote> {
        let (document, passage) = self.at(id)?;
        Some(Quote {
            file: document.file.clone(),
            page: (passage.page > 0).then_some(passage.page),
            heading: passage.headings.last().cloned().unwrap_or_default(),
            text: passage.text.clone(),
            score: (f64::from(score) * 100.0).round() / 100.0,
        })
    }

    fn searched(&self, facet: &Facet, candidates: usize) -> Searched {
        let phrasings = facet.wording.values().flat_map(|w| &w.says).map(|p| p.text.clone()).collect();
        Searched { files: self.documents.len(), passages: self.index.len(), candidates, phrasings }
    }
}

/// `2.4` and `2.4.0` are one version, `v2.4.0` too.
fn same_version(a: &str, b: &str) -> bool {
    let plain = |v: &str| {
        let mut v = v.trim_start_matches(['v', 'V']).to_owned();
        while let Some(cut) = v.strip_suffix(".0") {
            v = cut.to_owned();
        }
        v
    };
    plain(a) == plain(b)
}

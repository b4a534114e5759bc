//! One document against every facet: each passage against each phrasing, and of each way to say something the best passage.

use crate::around::Around;
use crate::corpus::Document;
use crate::cross::Facts;
use crate::index::{Index, Values};
use crate::judged::{Best, FacetSaid, Judged, Quoted, Way};
use crate::library::{FacetWords, Library, Wording};
use crate::mood::Mood;
use crate::nearby::{Sums, Use};
use crate::passage::Passage;
use crate::phrases::{Fit, Wanted};
use crate::shortlist::Shortlist;
use crate::voice::Voice;
use clauses::Kind;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// From here on a loose fit says it.
pub(crate) const SAYS: f32 = 0.66;

/// From here on a loose fit denies it: a denial needs nearly all of its words.
const DENIES: f32 = 0.9;

/// From here on a statement that is turned round denies.
const TURNED: f32 = 0.75;

/// A blank place shows that the document meant to say it from here on.
const BLANK: f32 = 0.6;

/// Most passages of one document that are kept for a gap.
const SIGNS_MAX: usize = 5;

/// By so much a saying is clearer for each word of the phrasing, where they stand in order, and where its document is made for it.
const CLEARER_BY_WORD: f32 = 0.15;
const CLEARER_IN_ORDER: f32 = 0.3;
const CLEARER_EXPECTED: f32 = 0.15;

/// So many facets a sentence denies at most, those that it speaks of most clearly.
const DENIED_MAX: usize = 3;

/// So many facets it says at most of those that its document is not made for: of a document made for something else, and of one of which
/// nothing is known.
const SAID_ELSEWHERE_MAX: usize = 4;
const SAID_ANYWHERE_MAX: usize = 12;

/// What a passage says of a facet.
struct Saying {
    way: Way,
    /// How well it fits, 0 to 1.
    score: f32,
    /// How clearly it says that, beside what else it sounds like.
    clear: f32,
    /// Whether the document is of a kind that usually holds the answer.
    expected: bool,
}

/// One document while it is judged.
pub(crate) struct Judge<'r> {
    library: &'r Library<'r>,
    document: &'r Document,
    passages: &'r [Passage],
    index: &'r Index,
    /// The product's version, where it is known.
    version: Option<&'r str>,
    /// Of each facet: whether the document is of a kind that usually holds the answer.
    expected: Vec<bool>,
    /// Whether any passage of it states a safety class; asked for seldom.
    class: OnceCell<bool>,
}

/// Judges a document; passages that come near to a facet go to `shortlist`, where one is kept.
pub(crate) fn judge(
    library: &Library<'_>,
    document: Document,
    mut passages: Vec<Passage>,
    version: Option<&str>,
    shortlist: Option<(&Shortlist, usize)>,
) -> Judged {
    let facts = Facts::of(&document, &passages);
    let index = Index::new(&mut passages, &library.lexicon);
    let expected = library.facets.iter().map(|f| f.expected_in(&document)).collect();
    let judge = Judge {
        library,
        document: &document,
        passages: &passages,
        index: &index,
        version,
        expected,
        class: OnceCell::new(),
    };
    let mut facets: Vec<FacetSaid> = Vec::new();
    let mut signs: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    // What has nothing to do with software or devices shows nothing, whatever words it uses, nor does what only describes.
    if document.relevant && !document.describes {
        let mut found: BTreeMap<u32, FacetSaid> = BTreeMap::new();
        let mut values = Values::new(&library.lexicon);
        let (mut sums, mut near) = (Sums::default(), Vec::new());
        for p in 0..passages.len() {
            index.values(p, &mut values);
            library.nearby.of(&values, BLANK, &mut sums, &mut near);
            judge.facets(p, &values, &near, &mut found);
            judge.signs(p, &values, &near, &mut signs);
            if let Some((list, order)) = shortlist {
                list.add(library, (order, &document), (p, &passages), index.length(p), &values);
            }
        }
        facets.extend(found.into_values());
    }
    let mut quoted = Quotes { passages: &passages, kept: Vec::new(), numbers: BTreeMap::new() };
    for facet in &mut facets {
        facet.best.sort_by_key(|b| b.way);
        for best in &mut facet.best {
            best.passage = quoted.number(best.passage);
        }
    }
    let signs: Vec<(u32, usize)> = signs
        .into_iter()
        .flat_map(|(gap, at)| at.into_iter().map(move |p| (gap, p)))
        .map(|(gap, p)| (gap, quoted.number(p)))
        .collect();
    let quoted = quoted.kept;
    Judged { document, facets, signs, facts, quoted }
}

/// The phrasing of a facet that comes nearest to a passage of a document: how near, the passage, and the phrasing's number over all
/// languages. For work on the library: what was missing where nothing was found.
pub(crate) fn nearest(
    library: &Library<'_>,
    mut passages: Vec<Passage>,
    facet: u32,
) -> Option<(f32, String, usize)> {
    let index = Index::new(&mut passages, &library.lexicon);
    let wanted = library.facets.get(usize::try_from(facet).ok()?)?;
    let mut values = Values::new(&library.lexicon);
    let mut best: Option<(f32, String, usize)> = None;
    for (p, passage) in passages.iter().enumerate() {
        index.values(p, &mut values);
        for (number, phrase) in wanted.wordings.iter().flat_map(|w| &w.says).enumerate() {
            let score = phrase.fit(&index, p, &values).score;
            if best.as_ref().is_none_or(|(s, ..)| *s < score) {
                best = Some((score, passage.text.clone(), number));
            }
        }
    }
    best
}

/// The passages that are quoted, each once.
struct Quotes<'p> {
    passages: &'p [Passage],
    kept: Vec<Quoted>,
    numbers: BTreeMap<usize, usize>,
}

impl Quotes<'_> {
    fn number(&mut self, p: usize) -> usize {
        if let Some(number) = self.numbers.get(&p) {
            return *number;
        }
        let number = self.kept.len();
        let passage = self.passages.get(p);
        self.kept.push(Quoted {
            at: p,
            page: passage.map_or(0, |p| p.page),
            heading: passage.and_then(|p| p.headings.last()).cloned().unwrap_or_default(),
            text: passage.map(|p| p.text.clone()).unwrap_or_default(),
        });
        self.numbers.insert(p, number);
        number
    }
}

/// What a negation does to the words that fit.
enum Turned {
    /// Nothing.
    Not,
    /// They are said of what is not so, by the way or under a condition: the passage shows neither.
    Unclear,
    /// It denies them.
    Denied,
}

/// A score in ten thousandths.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10000")]
fn ten_thousandths(score: f32) -> u16 {
    (score.clamp(0.0, 1.0) * 10_000.0).round() as u16
}

impl Judge<'_> {
    fn facets(&self, p: usize, values: &Values, near: &[Use], found: &mut BTreeMap<u32, FacetSaid>) {
        let Some(around) = Around::new(self.document, self.passages, &self.class, p) else { return };
        let mut here: Vec<(u32, Saying)> = Vec::new();
        let mut close = None;
        for (number, wording) in near.iter().filter_map(|of| match of {
            Use::Wording { facet, number } => Some((*facet, *number)),
            Use::Sign { .. } => None,
        }) {
            let of = |list: u32| usize::try_from(list).ok();
            let Some(facet) = of(number).and_then(|f| self.library.facets.get(f)) else { continue };
            let Some(wording) = of(wording).and_then(|w| facet.wordings.get(w)) else { continue };
            let may_fit = |list: &[Wanted]| list.iter().any(|w| w.bound(values) >= BLANK);
            if !may_fit(&wording.says) && !may_fit(&wording.denies) {
                continue;
            }
            let said =
                found.entry(number).or_insert_with(|| FacetSaid { facet: number, ..FacetSaid::default() });
            said.candidates += usize::from(close != Some(number));
            close = Some(number);
            let expected = of(number).and_then(|f| self.expected.get(f)).copied().unwrap_or(false);
            here.extend(
                self.passage(&around, facet, wording, values, expected).map(|saying| (number, saying)),
            );
        }
        for (number, saying) in self.clearest(here) {
            let said =
                found.entry(number).or_insert_with(|| FacetSaid { facet: number, ..FacetSaid::default() });
            self.keep(said, saying.way, ten_thousandths(saying.score), &around);
        }
    }

    /// What a passage says most clearly. One sentence sounds like many facets and says few: of those that its document is not made for
    /// only the clearest count.
    fn clearest(&self, mut here: Vec<(u32, Saying)>) -> Vec<(u32, Saying)> {
        let most = if self.document.kinds.is_empty() { SAID_ANYWHERE_MAX } else { SAID_ELSEWHERE_MAX };
        here.sort_by(|a, b| b.1.clear.total_cmp(&a.1.clear).then(a.0.cmp(&b.0)));
        let mut seen: Vec<u32> = Vec::new();
        here.retain(|(number, saying)| {
            if !seen.contains(number) {
                seen.push(*number);
            }
            let place = seen.iter().position(|s| s == number).unwrap_or_default();
            match saying.way {
                Way::Blank => true,
                Way::No => place < DENIED_MAX,
                _ => saying.expected || place < most,
            }
        });
        here
    }

    /// Keeps a passage where it is the best of its way; of equal ones the first.
    fn keep(&self, said: &mut FacetSaid, way: Way, score: u16, around: &Around<'_>) {
        let mut other_version = String::new();
        let mut way = way;
        if way == Way::Yes
            && let Some(other) = self.outdated(around)
        {
            (way, other_version) = (Way::Outdated, other);
        }
        let new = Best { way, score, passage: around.at, other_version };
        match said.best.iter_mut().find(|b| b.way == way) {
            Some(old) if old.score >= score => {}
            Some(old) => *old = new,
            None => said.best.push(new),
        }
    }

    fn signs(&self, p: usize, values: &Values, near: &[Use], signs: &mut BTreeMap<u32, Vec<usize>>) {
        let Some(passage) = self.passages.get(p).filter(|p| !p.blank && !p.duty && p.mood == Mood::Stated)
        else {
            return;
        };
        for number in near.iter().filter_map(|of| match of {
            Use::Sign { gap } => Some(*gap),
            Use::Wording { .. } => None,
        }) {
            let gap = usize::try_from(number).ok().and_then(|g| self.library.signs.get(g));
            let said = gap.is_some_and(|g| g.iter().any(|w| self.stands(w, p, values)));
            if said && !passage.text.is_empty() {
                let list = signs.entry(number).or_default();
                if list.len() < SIGNS_MAX {
                    list.push(p);
                }
            }
        }
    }

    /// Whether a passage says a phrasing in its very words.
    fn stands(&self, wanted: &Wanted, p: usize, values: &Values) -> bool {
        wanted.bound(values) > 0.999 && wanted.exact(self.index, p, values).is_some()
    }

    /// What a passage says of a facet in one language; `expected` where the document is of a kind that usually holds the answer.
    fn passage(
        &self,
        around: &Around<'_>,
        facet: &FacetWords<'_>,
        wording: &Wording,
        values: &Values,
        expected: bool,
    ) -> Option<Saying> {
        let (way, fit) = self.fitting(around, facet, wording, values, expected)?;
        let clear = fit.score
            + CLEARER_BY_WORD * fit.mass
            + if fit.in_order { CLEARER_IN_ORDER } else { 0.0 }
            + if expected { CLEARER_EXPECTED } else { 0.0 };
        Some(Saying { way, score: fit.score, clear, expected })
    }

    /// How a passage says it, and by which fit.
    fn fitting(
        &self,
        around: &Around<'_>,
        facet: &FacetWords<'_>,
        wording: &Wording,
        values: &Values,
        made_for_it: bool,
    ) -> Option<(Way, Fit)> {
        let (p, passage) = (around.at, around.passage);
        let best = |list: &[Wanted]| -> (Fit, bool) {
            let fits = list.iter().filter(|w| w.bound(values) >= BLANK).map(|w| {
                let fit = w.fit(self.index, p, values);
                let negates = w.negates(self.index, p, &fit);
                (fit, w.negated, negates)
            });
            // Of equal ones that which holds the negation: it says more of the passage.
            let best = fits.max_by(|a, b| a.0.score.total_cmp(&b.0.score).then(a.2.cmp(&b.2)));
            best.map(|(fit, negated, _)| (fit, negated)).unwrap_or_default()
        };
        let in_context = || {
            let context = || wording.context.iter();
            made_for_it
                || wording.context.is_empty()
                || context().any(|w| w.touches(|slot| values.of(slot) > 0.0))
                || context().any(|w| w.touches(|slot| around.beside(self.index).holds(slot)))
        };
        let (says, denies) = (best(&wording.says), best(&wording.denies));
        let hollow = self.document.template && !(self.document.partly_filled && passage.answered);
        if passage.blank || hollow {
            let sought = if says.0.score < denies.0.score { denies.0 } else { says.0 };
            return (sought.score >= BLANK && in_context()).then_some((Way::Blank, sought));
        }
        if passage.voice == Voice::Others {
            return None;
        }
        // `does not contribute to unacceptable risk` holds the words of its own denial.
        let subsumed = says.1 && !denies.1 && says.0.score >= SAYS;
        let expected = made_for_it || self.document.kinds.is_empty();
        let denied = self.denied(p, passage, &denies.0, expected);
        if denied && !passage.affirms_by_two && denies.0.score + 0.02 >= says.0.score && !subsumed {
            return Some((Way::No, denies.0));
        }
        if says.0.score < SAYS || !in_context() {
            return None;
        }
        if passage.answer == Some(false) && !subsumed {
            return Some((Way::No, says.0));
        }
        if passage.mood == Mood::Unsettled {
            return None;
        }
        if !says.1 && !passage.affirms_by_two {
            match self.turned(around, &says.0) {
                Turned::Not => {}
                Turned::Unclear => return None,
                // A sentence that hardly says it hardly denies it when it is turned round: it is about something else.
                Turned::Denied => return (says.0.score >= TURNED && expected).then_some((Way::No, says.0)),
            }
        }
        let near = wording.near.iter().any(|w| self.stands(w, p, values));
        // A sounding-like passage shows nothing.
        if near && says.0.score < 1.0 {
            return None;
        }
        let to_be_done = match facet.kind {
            Some(Kind::Record) => passage.duty || passage.mood == Mood::Intended,
            Some(Kind::Maintained) => passage.mood == Mood::Intended,
            _ => false,
        };
        if to_be_done {
            return (!near).then_some((Way::Duty, says.0));
        }
        let named = facet.facet.needs.iter().all(|v| around.names(*v));
        Some((if named { Way::Yes } else { Way::Weak }, says.0))
    }

    /// Whether a passage denies in the words of a denial. Strewn over a sentence they deny nothing, unless a negation stands where one
    /// belongs, in a document in which one may expect it.
    fn denied(&self, p: usize, passage: &Passage, fit: &Fit, expected: bool) -> bool {
        let build = &passage.build;
        if build.conditional || passage.needless {
            return false;
        }
        if fit.in_order {
            return build.together(&fit.hits)
                && !fit.hits.iter().any(|h| build.is_aside(*h) || build.spares(*h));
        }
        // The negation is one of the words of a denial; what it must reach is the others.
        let others: Vec<usize> = fit.hits.iter().copied().filter(|h| !self.index.denies(p, *h)).collect();
        // Weak words (`no`, `without`) belong to the wording of a denial, and only their place tells whether they belong to the statement.
        let stands = |at: &usize| {
            (at.saturating_sub(3)..*at).any(|i| self.index.denies(p, i) && build.reaches(i, &others))
        };
        expected && fit.score >= DENIES && fit.hits.iter().any(stands)
    }

    /// Whether a negation turns round the words that fit: `not been evaluated` does, `known and not corrected` does not, where `known` is
    /// what fits.
    fn turned(&self, around: &Around<'_>, fit: &Fit) -> Turned {
        let (p, passage) = (around.at, around.passage);
        // In a row of a table a negation belongs to its own cell: `brake does not release` is a hazard, and no denial of the row.
        let wide = passage.row && passage.text.matches(" | ").count() > 1;
        let open = around.is_open_yet();
        let build = &passage.build;
        if passage.needless || around.says_what_for() && !open {
            return Turned::Not;
        }
        let before = |at: &usize| {
            // A negation that the phrasing itself holds turns nothing round.
            let own = |i: &usize| self.index.is_negation(p, *i) && !fit.hits.contains(i);
            (at.saturating_sub(2)..*at).filter(own).collect::<Vec<_>>()
        };
        let negations: Vec<usize> = fit.hits.iter().flat_map(before).collect();
        // `Not all requirements are covered` turns round what is said of all.
        let not_all = (1..self.index.length(p)).any(|i| {
            self.index.is_negation(p, i - 1) && self.index.is_universal(p, i) && build.reaches(i, &fit.hits)
        });
        let clearly =
            not_all || build.lacking(&fit.hits) || negations.iter().any(|n| build.reaches(*n, &fit.hits));
        if !build.conditional && (passage.denied_of_all || open || clearly && !wide) {
            return Turned::Denied;
        }
        let conditional = build.conditional && (!negations.is_empty() || not_all);
        if conditional || !wide && negations.iter().any(|n| build.is_aside(*n)) {
            Turned::Unclear
        } else {
            Turned::Not
        }
    }

    /// The version that the passage or its document speaks of, where it is not the product's.
    fn outdated(&self, around: &Around<'_>) -> Option<String> {
        let version = self.version?;
        let own = around.versions();
        let spoken = if own.is_empty() { self.document.versions.as_slice() } else { own };
        (!spoken.is_empty() && !spoken.iter().any(|v| same_version(v, version))).then(|| spoken.join(", "))
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

#[cfg(test)]
mod tests {
    use crate::{ConstraintResult, Options, Source, Verdict, review};
    use extract::{FileRead, Outcome};

    /// What documents say of a constraint.
    fn said(constraint: &str, texts: &[&str]) -> ConstraintResult {
        let file = |(n, text): (usize, &&str)| FileRead {
            name: format!("notes-{n}.md"),
            size: 0,
            digest: String::new(),
            outcome: Outcome::Read(extract::read("x.md", text.as_bytes()).unwrap()),
            cached: false,
        };
        let files = texts.iter().enumerate().map(file).collect();
        let source = Source { title: "set".to_owned(), files };
        let (clause, _) = constraint.split_once('/').unwrap();
        let options = Options { clauses: vec![clause.to_owned()], ..Options::default() };
        let review = review(&source, clauses::guides(), &options, None);
        let all = review.clauses.into_iter().flat_map(|c| c.constraints);
        all.into_iter().find(|c| c.id == constraint).unwrap()
    }

    const DONE: &str = "# Release of the device software 1.2.0\n\nAll planned verification activities of version 1.2.0 were completed on 2025-03-10.\n";

    #[test]
    fn a_weaker_denial_elsewhere_is_a_doubt_and_a_clear_one_contradicts() {
        let id = "62304:5.8.1/tasks-done";
        assert_eq!(said(id, &[DONE]).verdict, Verdict::Met);
        let clear =
            "# Minutes of the software team\n\nNot all planned verification activities were completed.\n";
        assert_eq!(said(id, &[DONE, clear]).verdict, Verdict::Contradicted);
        assert_eq!(said(id, &[clear]).verdict, Verdict::Contradicted);
    }

    #[test]
    fn two_negations_are_a_rule_and_what_nobody_did_is_not_done() {
        let rule = "# Configuration of the software\n\nNo configuration item is changed without an approved change request.\n";
        assert_eq!(said("62304:8.2.1/only-on-approval", &[rule]).verdict, Verdict::Met);
        let nobody = "# Software release 1.2.0\n\nNobody has evaluated the known anomalies of version 1.2.0 for risk.\n";
        assert_ne!(said("62304:5.8.3/each-evaluated", &[nobody]).verdict, Verdict::Met);
    }

    #[test]
    fn a_denial_beside_its_topic_denies_it_and_what_is_to_come_is_no_record() {
        let id = "62304:5.8.1/tasks-done";
        let verdict =
            |text: &str| said(id, &[&format!("# Release of the device software 1.2.0\n\n{text}\n")]).verdict;
        let statement = "All planned verification activities of version 1.2.0 were completed.";
        assert_eq!(verdict(&format!("{statement} Yes.")), Verdict::Met);
        for after in ["No, not yet.", "That has not happened."] {
            assert_eq!(verdict(&format!("{statement} {after}")), Verdict::Contradicted, "{after}");
        }
        let cell = |answer: &str| {
            verdict(&format!(
                "| Activity | Done |\n|---|---|\n| Planned verification activities of version 1.2.0 completed | {answer} |"
            ))
        };
        assert_eq!(cell("yes, 2025-03-10"), Verdict::Met);
        assert_eq!(cell("no"), Verdict::Contradicted);
        assert_eq!(cell("not started"), Verdict::Contradicted);
        for to_come in [
            "That all planned verification activities of version 1.2.0 are completed is planned for May.",
            "We intend to have all planned verification activities of version 1.2.0 completed.",
            "Somebody asked whether all planned verification activities of version 1.2.0 were completed.",
        ] {
            let verdict = verdict(to_come);
            assert!(!matches!(verdict, Verdict::Met | Verdict::Contradicted), "{to_come}: {verdict:?}");
        }
        let german = "# Freigabe der Gerätesoftware 1.2.0\n\nAlle geplanten Verifizierungsaktivitäten der Version 1.2.0 sind abgeschlossen.";
        assert_eq!(said(id, &[german]).verdict, Verdict::Met);
        assert_eq!(
            said(id, &[&format!("{german} Das ist leider nicht erfolgt.")]).verdict,
            Verdict::Contradicted
        );
    }

    #[test]
    fn what_only_describes_shows_nothing_and_a_question_counts_with_its_answer() {
        let id = "62304:5.8.1/tasks-done";
        let guide = "# Software release explained\n\nThe standard requires a release record. An auditor will ask you for it. All planned verification activities of version 1.2.0 were completed on 2025-03-10, you say.\n";
        assert_eq!(said(id, &[guide]).verdict, Verdict::NotFound);
        let list = |answer: &str| {
            format!(
                "# Release of the device software 1.2.0\n\nWere all planned verification activities of version 1.2.0 completed?{answer}\n"
            )
        };
        assert_eq!(said(id, &[&list("")]).verdict, Verdict::NotFound);
        assert_eq!(said(id, &[&list(" Yes, 2025-03-10.")]).verdict, Verdict::Met);
        assert_eq!(said(id, &[&list(" No, two are left.")]).verdict, Verdict::Contradicted);
        let condition = "# Release of the device software 1.2.0\n\nIf not all planned verification activities were completed, the release stops.\n";
        assert_ne!(said(id, &[condition]).verdict, Verdict::Contradicted);
    }

    #[test]
    fn a_form_half_filled_shows_what_was_filled_in_and_a_blank_one_nothing() {
        let form = |version: &str| {
            format!(
                "# Form release of the software\n\n| Item | Entry |\n|---|---|\n| Released version | {version} |\n| Verification complete | |\n"
            )
        };
        let id = "62304:5.8.4/unique-version";
        assert_eq!(said(id, &[&form("2.3.1 (build 771), tag v2.3.1")]).verdict, Verdict::Met);
        assert_eq!(said(id, &[&form("")]).verdict, Verdict::TemplateOnly);
        assert_eq!(said(id, &[&form("<version>")]).verdict, Verdict::TemplateOnly);
    }

    #[test]
    fn a_statement_takes_its_context_from_beside_it_but_not_from_another_section() {
        let (of, statement) = ("The image library is SOUP.", "It needs Windows 10 and 8 GB of memory.");
        let id = "62304:5.3.4/needs-stated";
        let verdict = |text: &str| said(id, &[text]).verdict;
        assert_eq!(verdict(&format!("# Device software\n\n{statement}\n")), Verdict::NotFound);
        assert_eq!(verdict(&format!("# Device software\n\n{of}\n\n{statement}\n")), Verdict::Met);
        let apart = format!("# Device software\n\n## Parts\n\n{of}\n\n## Room\n\n{statement}\n");
        assert_eq!(verdict(&apart), Verdict::NotFound);
    }
}

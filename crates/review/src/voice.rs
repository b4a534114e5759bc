//! Whose practice a sentence speaks of: the maker's own, or that of anybody. What a standard asks, what a reader is told or asked, what is
//! offered or wanted of others is no evidence that somebody does it.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Whose practice a sentence speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Nothing tells that it is not the writer's own.
    #[default]
    Own,
    /// It addresses a reader: an instruction for use does, and so does a guide.
    Reader,
    /// A word of guides, courses, offers and tenders; alone it tells little.
    Hint,
    /// It says what a standard, an auditor or makers in general do or ask, or it is a question without an answer.
    Others,
}

/// The standards and what is a part of them.
const STANDARDS: &[&str] = &[
    "standard",
    "norm",
    "62304",
    "13485",
    "14971",
    "mdr",
    "fda",
    "amendment",
    "clause",
    "abschnitt",
    "kapitel",
    "regulation",
    "guidance",
];

/// What a standard does.
const ASKS: &[&str] = &[
    "requires",
    "require",
    "asks",
    "wants",
    "demands",
    "expects",
    "defines",
    "mandates",
    "added",
    "introduced",
    "fordert",
    "verlangt",
    "erwartet",
    "definiert",
];

/// Makers in general, and those who are to deliver.
const MAKERS: &[&str] = &[
    "manufacturer",
    "manufacturers",
    "hersteller",
    "supplier",
    "auftragnehmer",
    "bidder",
    "bidders",
    "bieter",
];

/// What is asked of them.
const MUST: &[&str] = &[
    "shall",
    "must",
    "should",
    "often",
    "frequently",
    "needs",
    "muss",
    "müssen",
    "soll",
    "sollen",
    "sollte",
];

/// Those who look at what makers do.
const CHECKERS: &[&str] =
    &["auditor", "auditors", "auditoren", "inspector", "inspectors", "regulators", "reviewers"];

/// What they do.
const LOOK: &[&str] = &[
    "will", "would", "often", "expect", "expects", "ask", "asks", "look", "looks", "want", "wants", "like",
    "love", "fragen", "fragt", "erwarten", "erwartet", "sehen",
];

/// Words that stand in guides, courses, offers and tenders more than in evidence.
const HINTS: &[&str] = &[
    "typically",
    "usually",
    "manufacturers",
    "companies",
    "consultants",
    "organizations",
    "organisations",
    "bidders",
    "tender",
    "participants",
    "exercise",
    "quiz",
    "slides",
    "subscription",
    "vat",
    "hiring",
    "webinar",
    "vacancy",
    "typischerweise",
    "üblicherweise",
    "merksatz",
    "übung",
    "lernziel",
    "lernziele",
    "teilnehmer",
    "ausschreibung",
    "auftragnehmer",
    "bieter",
    "stundensatz",
    "mehrwertsteuer",
    "mwst",
    "angebot",
    "stellenangebot",
    "urlaub",
];

/// The same of two words and more.
const PHRASES: &[&str] = &[
    "learning goal",
    "discuss with",
    "days of leave",
    "best practice",
    "common gap",
    "common finding",
    "common mistake",
    "many teams",
    "many companies",
    "your auditor",
    "viele hersteller",
    "in der praxis",
    "this proposal",
    "the proposal",
    "this offer",
];

/// Words in the title of what describes and shows nothing.
const TITLES: &[&str] = &[
    "guide",
    "explained",
    "training",
    "course",
    "slides",
    "proposal",
    "offer",
    "quotation",
    "questionnaire",
    "hiring",
    "vacancy",
    "tender",
    "webinar",
    "whitepaper",
    "blog",
    "faq",
    "tutorial",
    "leitfaden",
    "verständlich",
    "erklärt",
    "schulung",
    "schulungsunterlage",
    "angebot",
    "fragebogen",
    "stellenangebot",
    "ausschreibung",
    "lehrgang",
];

/// Words between a subject and its verb at most.
const BETWEEN: usize = 5;

fn hints() -> &'static HashSet<&'static str> {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SET.get_or_init(|| HINTS.iter().copied().collect())
}

/// Whose practice a sentence of these words speaks of.
pub(crate) fn voice(text: &str, words: &[String]) -> Voice {
    if text.trim_end().ends_with('?') || of_others(words) {
        return Voice::Others;
    }
    let lower = || text.to_lowercase();
    let price = text.contains('€') || text.contains(" EUR") && text.contains(|c: char| c.is_ascii_digit());
    if price || words.iter().any(|w| hints().contains(w.as_str())) || {
        let lower = lower();
        PHRASES.iter().any(|p| lower.contains(p)) || cites(&lower)
    } {
        return Voice::Hint;
    }
    // A pronoun in the middle of a sentence: at its beginning `Sie` is `they` as often.
    let polite = [" Sie ", " Sie,", " Sie.", " Ihr ", " Ihre", " Ihnen"].iter().any(|s| text.contains(s));
    if polite || words.iter().any(|w| matches!(w.as_str(), "you" | "your" | "yourself")) {
        return Voice::Reader;
    }
    Voice::Own
}

/// Whether it says what a standard asks, what makers in general are to do, or what those who check them want to see.
fn of_others(words: &[String]) -> bool {
    let is = |list: &[&str], w: &String| list.contains(&w.as_str());
    words.iter().enumerate().any(|(at, word)| {
        let (subject, verbs) = if is(STANDARDS, word) {
            // A firm's own coding standard is no standard.
            let own = at.checked_sub(1).and_then(|b| words.get(b));
            let own = own.is_some_and(|b| {
                matches!(b.as_str(), "coding" | "our" | "house" | "programming" | "internal")
            });
            (!own, ASKS)
        } else if is(MAKERS, word) {
            (true, MUST)
        } else {
            (is(CHECKERS, word), LOOK)
        };
        subject && words.iter().skip(at + 1).take(BETWEEN).any(|w| is(verbs, w))
    })
}

/// Whether a clause of a standard is cited in the middle of a sentence: `(5.1.12)`, `§5.8`, `clause 5.8`.
fn cites(lower: &str) -> bool {
    ["§", "clause ", "abschnitt ", "("].iter().any(|mark| {
        lower.match_indices(mark).any(|(at, found)| {
            let rest = lower.get(at + found.len()..).unwrap_or_default().trim_start_matches(['§', ' ']);
            let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            let mut parts = number.trim_end_matches('.').split('.');
            let group = parts.next().is_some_and(|p| matches!(p, "4" | "5" | "6" | "7" | "8" | "9" | "820"));
            at > 0 && group && parts.next().is_some_and(|p| !p.is_empty() && p.len() < 3)
        })
    })
}

/// Whether the sentences of a document say that it describes what others do or are to do: a guide, a course, an offer, a tender, a
/// questionnaire. How many of them say it.
pub(crate) fn describes(voices: &[Voice], title: &[String], of_a_kind: bool) -> Option<usize> {
    let count = |v: Voice| voices.iter().filter(|w| **w == v).count();
    let titled = title.iter().any(|w| TITLES.contains(&w.as_str()));
    let strong = count(Voice::Others) + count(Voice::Hint);
    // What only addresses its reader may be the product's own instructions.
    let readers = if titled || strong >= STRONG_MIN { count(Voice::Reader) } else { 0 };
    let signs = strong + readers;
    let share = if of_a_kind && !titled { SHARE_OF_A_KIND } else { SHARE };
    (signs >= SIGNS_MIN && signs * 100 >= voices.len() * share).then_some(signs)
}

/// Sentences that say it, beside those that only address a reader, at least.
const STRONG_MIN: usize = 2;

/// Sentences that say it at least.
const SIGNS_MIN: usize = 3;

/// Of a hundred sentences so many say it at least.
const SHARE: usize = 12;

/// The same where name or title tell of evidence: a release record may quote what the standard asks.
const SHARE_OF_A_KIND: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn of(text: &str) -> Voice {
        voice(text, &words(text))
    }

    #[test]
    fn what_others_ask_is_told_from_what_somebody_does() {
        for others in [
            "The standard asks you to name the life cycle model.",
            "Der Hersteller muss jedem Softwaresystem eine Sicherheitsklasse zuordnen.",
            "An auditor will ask which version was released.",
            "Were all anomalies evaluated?",
            "The supplier shall keep every delivered version.",
        ] {
            assert_eq!(of(others), Voice::Others, "{others}");
        }
        for own in [
            "All planned verification activities were completed on 2025-03-10.",
            "The coding standard requires reviews of each file.",
            "Der Hersteller der Bibliothek hat die Liste am 01.02.2025 veröffentlicht.",
            "The software shall show an alarm.",
            "Risk management follows ISO 14971.",
        ] {
            assert_eq!(of(own), Voice::Own, "{own}");
        }
        assert_eq!(of("Wenn der Sensor fehlt, rufen Sie den Support."), Voice::Reader);
        assert_eq!(of("New requirements were added for known defects (5.1.12)."), Voice::Hint);
    }

    #[test]
    fn a_guide_describes_and_instructions_and_records_do_not() {
        use Voice::{Hint, Others, Own, Reader};
        let guide: Vec<Voice> = [vec![Own; 9], vec![Others, Hint, Reader]].concat();
        assert_eq!(describes(&guide, &[], false), Some(3));
        assert_eq!(describes(&guide, &[], true), None);
        assert_eq!(describes(&guide, &["training".to_owned()], true), Some(3));
        assert_eq!(describes(&[Reader; 20], &[], false), None);
        assert_eq!(describes(&[vec![Own; 60], vec![Others; 3]].concat(), &[], false), None);
    }
}

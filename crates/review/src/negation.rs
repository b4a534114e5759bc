//! What a negation of a sentence turns round, and what it does not: its clause, conditions, demands, double negations. English and German.

use crate::refusal::{PROPERTY, UNWANTED};
use crate::words::{is_negation, words};

/// How a sentence or row is built, as far as a negation needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Build {
    /// The clause of the sentence, or the cell of the row, that each of its words stands in.
    part: Vec<usize>,
    /// Of each part: whether it is said by the way, as a condition or of a thing that is spoken of.
    aside: Vec<bool>,
    /// Of each word: whether it is a negation that denies nothing: of something bad (`will not be deleted`), or in a demand (`shall not`).
    spares: Vec<bool>,
    /// Of each word: whether it says that what its clause names is not there: `does not exist`, `is missing`, `liegen keine vor`.
    lacks: Vec<Lack>,
    /// It holds under a condition only.
    pub(crate) conditional: bool,
}

/// Whether a word says that something is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lack {
    #[default]
    No,
    /// By its own meaning: `missing`. A phrasing may ask for just that.
    Word,
    /// By a negation of being there or being done: `does not exist`.
    Negated,
    /// It is the predicate of the whole sentence, whose subject stands in another clause: `A plan, which …, was postponed`.
    Whole,
}

/// Words that open a clause of which a negation denies nothing.
const ASIDE: &[&str] = &[
    "if", "unless", "whether", "where", "when", "whenever", "which", "who", "whose", "wenn", "falls",
    "sofern", "ob", "solange", "sobald", "bevor",
];

/// Those of them that put the whole sentence under a condition.
const IF: &[&str] = &["if", "unless", "wenn", "falls", "sofern"];

/// Other words that open a clause.
const OPENS: &[&str] =
    &["because", "but", "while", "whereas", "although", "aber", "sondern", "während", "weil"];

/// Verbs after `and` that begin a statement of their own, and after `that` what is said of a thing.
const VERBS: &[&str] = &[
    "is", "are", "was", "were", "has", "have", "had", "does", "do", "did", "can", "cannot", "could", "may",
    "ist", "sind", "war", "waren", "wird", "werden", "wurde", "wurden", "hat", "haben", "kann", "können",
];

/// Verbs that end a German relative clause: `die nicht bewertet wurden`.
const ENDS: &[&str] = &[
    "ist", "sind", "war", "waren", "wird", "werden", "wurde", "wurden", "hat", "haben", "kann", "können",
    "steht", "stehen", "hört",
];

/// German words that begin one.
const RELATIVE: &[&str] =
    &["der", "die", "das", "den", "dem", "deren", "dessen", "was", "wer", "welche", "welcher", "welches"];

/// Words of a demand: what they negate is forbidden, not missing.
const DEMANDS: &[&str] =
    &["shall", "must", "should", "soll", "sollen", "sollte", "sollten", "darf", "dürfen"];

/// Words between a negation and the bad thing that it negates at most.
const SPARED: usize = 4;

/// Words that tell that something is not needed, which denies nothing.
const NEEDLESS: &[&str] = &[
    "needed",
    "necessary",
    "required",
    "applicable",
    "nötig",
    "notwendig",
    "erforderlich",
    "entfällt",
    "zutreffend",
];

/// Beginnings of words for what is bad, or for what would be: that it is not so denies nothing good.
const BAD: &[&str] = &[
    "open",
    "offen",
    "missing",
    "fehlt",
    "skip",
    "fail",
    "lost",
    "left",
    "wrong",
    "outstanding",
    "pending",
    "object",
    "widersprach",
    "beanstand",
    "auffäll",
    "broke",
    "übrig",
    "worse",
    "found",
    "gefunden",
    "else",
    "new",
    "neue",
    "unusual",
    "delete",
    "gelöscht",
];

fn is_bad(word: &str) -> bool {
    BAD.iter().any(|b| word.starts_with(b))
}

impl Build {
    /// A sentence.
    pub(crate) fn of(text: &str) -> Build {
        let mut build = Build::default();
        build.add(text);
        build.conditional = build.conditional || starts_with_verb_of_condition(text);
        build
    }

    /// Adds a sentence, or the next cell of a row.
    pub(crate) fn add(&mut self, text: &str) {
        let pieces = text.split([',', ';', ':', '(', ')', '–', '—', '„', '“', '”', '"']);
        let (mut first, mut demanded) = (true, None);
        for piece in pieces {
            let own = words(piece);
            let relative = !first
                && own.first().is_some_and(|w| RELATIVE.contains(&w.as_str()))
                && own.last().is_some_and(|w| ENDS.contains(&w.as_str()));
            self.open(relative);
            for (at, word) in own.iter().enumerate() {
                let next = own.get(at + 1).map(String::as_str).unwrap_or_default();
                let verb_next = VERBS.contains(&next);
                let word = word.as_str();
                if ASIDE.contains(&word) || word == "that" && verb_next {
                    self.open(true);
                    self.conditional |= IF.contains(&word);
                } else if OPENS.contains(&word) || matches!(word, "and" | "und") && verb_next {
                    self.open(false);
                }
                let part = self.aside.len().saturating_sub(1);
                // `Should have been tested` is regret.
                if DEMANDS.contains(&word) && next != "have" || word == "may" && next == "not" {
                    demanded = Some(part);
                }
                self.part.push(part);
                let mut after = own.iter().skip(at + 1).take(SPARED);
                self.lacks.push(lack(&own, at));
                self.spares.push(denies(word) && (demanded == Some(part) || after.any(|w| is_bad(w))));
            }
            first = false;
        }
    }

    fn open(&mut self, aside: bool) {
        self.aside.push(aside);
    }

    /// Whether a negation at this word turns round what is said at others: most of them stand in its clause, and it is said by nobody by
    /// the way.
    pub(crate) fn reaches(&self, negation: usize, hits: &[usize]) -> bool {
        let Some(part) = self.part.get(negation) else { return false };
        let inside = hits.iter().filter(|h| self.part.get(**h) == Some(part)).count();
        inside * 2 >= hits.len() && !self.is_aside(negation) && !self.spares(negation)
    }

    /// Whether a clause says of the words at `hits`, most of which it holds, that they are not there.
    pub(crate) fn lacking(&self, hits: &[usize]) -> bool {
        let lacks = |(at, lack): (usize, &Lack)| match lack {
            Lack::No => false,
            // What is to be said may be a lack itself: `unit tests are missing` of a comparison.
            Lack::Word => !hits.contains(&at) && self.reaches(at, hits),
            Lack::Negated => self.reaches(at, hits),
            Lack::Whole => !self.is_aside(at),
        };
        !hits.is_empty() && self.lacks.iter().enumerate().any(lacks)
    }

    /// Whether a negation at this word denies nothing, by what it negates.
    pub(crate) fn spares(&self, at: usize) -> bool {
        self.spares.get(at).copied().unwrap_or(false)
    }

    /// Whether words stand in one clause.
    pub(crate) fn together(&self, hits: &[usize]) -> bool {
        let mut parts = hits.iter().map(|h| self.part.get(*h));
        let first = parts.next();
        parts.all(|p| Some(p) == first)
    }

    /// Whether a word stands in a clause that is said by the way.
    pub(crate) fn is_aside(&self, at: usize) -> bool {
        self.part.get(at).and_then(|p| self.aside.get(*p)).copied().unwrap_or(false)
    }
}

/// `Ist der Filter nicht eingelegt, startet …`: German puts its verb first where it leaves out `wenn`.
fn starts_with_verb_of_condition(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let question = text.trim_end().ends_with('?');
    !question
        && text.contains(',')
        && matches!(first, "Ist" | "Sind" | "Wird" | "Werden" | "Fehlt" | "Fehlen" | "Hat" | "Haben" | "Kann")
}

/// Whether a sentence says that something is not needed.
pub(crate) fn is_needless(words: &[String]) -> bool {
    let negation = words.iter().position(|w| denies(w));
    let Some(negation) = negation else { return false };
    words.windows(2).skip(negation).any(|pair| match pair {
        [before, word] => {
            // `Not tested as required` says that it was needed.
            let said = matches!(before.as_str(), "is" | "are" | "was" | "were" | "be" | "not")
                || word.ends_with('g');
            NEEDLESS.contains(&word.as_str()) && (said || word.ends_with("lich") || word == "entfällt")
        }
        _ => false,
    })
}

/// Whether word `at` of a clause says that what the clause names is not there or was not done.
fn lack(clause: &[String], at: usize) -> Lack {
    const THERE: &[&str] = &[
        "exist",
        "exists",
        "available",
        "happen",
        "happened",
        "started",
        "begun",
        "done",
        "made",
        "existiert",
        "existieren",
        "vorhanden",
        "erfolgt",
        "vor",
        "durchgeführt",
        "begonnen",
        "stattgefunden",
        "passiert",
        "da",
        "gemacht",
        "benannt",
        "festgelegt",
        "hinterlegt",
        "named",
    ];
    const OFF: &[&str] = &[
        "verschoben",
        "ausgelassen",
        "unterblieben",
        "ausgefallen",
        "postponed",
        "skipped",
        "omitted",
        "dropped",
        "empty",
        "leer",
        "missing",
        "outstanding",
        "vacant",
        "unbesetzt",
    ];
    const IS: &[&str] =
        &["is", "are", "was", "were", "been", "still", "ist", "sind", "wurde", "wurden", "war", "waren"];
    let Some(word) = clause.get(at).map(String::as_str) else { return Lack::No };
    let is_one_of = |list: &[&str], w: &String| list.contains(&w.as_str());
    let after = || clause.iter().skip(at + 1);
    let next = |list: &[&str]| after().next().is_some_and(|w| is_one_of(list, w));
    if denies(word) {
        let there = after().take(SPARED).any(|w| is_one_of(THERE, w)) || next(&["einzige", "einzigen"]);
        return if there || is_none(clause, at) { Lack::Negated } else { Lack::No };
    }
    // `Missing values are rejected` speaks of a thing, `the record is missing` of a lack.
    let off = OFF.contains(&word) && clause.iter().take(at).any(|w| is_one_of(IS, w));
    let bare = matches!(word, "without" | "ohne") && next(&["any", "jede", "jeden", "jedes", "jegliche"]);
    let named = matches!(word, "weder" | "fehlt" | "fehlen" | "incomplete" | "unvollständig");
    if !(named || off || bare) || clause.iter().any(|w| denies(w)) {
        return Lack::No;
    }
    // The sentence is about what the clause before it names.
    let predicate = clause.len() <= WHOLE_MAX && clause.first().is_some_and(|w| is_one_of(IS, w));
    if off && predicate { Lack::Whole } else { Lack::Word }
}

/// Whether the negation at a word says that there is none of a thing, or that nobody did it: `there is no list`, `keiner der Tests wurde`,
/// `nobody has looked`. Of what is unwanted, and of effects, there is none after somebody looked.
fn is_none(clause: &[String], at: usize) -> bool {
    const THERE_IS: &[&str] = &[
        "there",
        "have",
        "has",
        "had",
        "we",
        "gibt",
        "gab",
        "existiert",
        "existieren",
        "haben",
        "hat",
        "liegt",
        "liegen",
        "enthält",
        "enthalten",
        "contains",
        "vorhanden",
    ];
    const MORE: &[&str] = &[
        "longer",
        "further",
        "additional",
        "new",
        "more",
        "other",
        "weiteren",
        "weitere",
        "doubt",
        "reason",
    ];
    let Some(word) = clause.get(at).map(String::as_str) else { return false };
    let after = || clause.iter().skip(at + 1);
    let good = |w: &String| {
        PROPERTY.iter().chain(UNWANTED).chain(BAD).any(|b| w.starts_with(b)) || MORE.contains(&w.as_str())
    };
    if after().take(SPARED).any(good) {
        return false;
    }
    if matches!(word, "nobody" | "niemand") {
        return !clause.iter().any(|w| matches!(w.as_str(), "can" | "may" | "kann" | "darf"));
    }
    let of = after().next().is_some_and(|w| matches!(w.as_str(), "der" | "dieser" | "von" | "of"));
    (word == "no" || word.starts_with("kein")) && clause.iter().any(|w| THERE_IS.contains(&w.as_str()))
        || (word == "none" || word.starts_with("kein")) && of
}

/// Words of a clause that is only the predicate of another one at most.
const WHOLE_MAX: usize = 4;

/// Words that deny, weak ones included.
fn denies(word: &str) -> bool {
    is_negation(word)
        || matches!(word, "no" | "kein" | "keine" | "keinen" | "keiner" | "keines" | "keinem" | "keinerlei")
}

/// Whether two negations of a sentence affirm: `no item is touched without a request`, `ohne Antrag wird kein Element angefasst`. They
/// stand in one statement, so no `and` parts them.
pub(crate) fn affirms_by_two(words: &[String]) -> bool {
    let none = |w: &String| w.starts_with("kein");
    let except = |w: &String| matches!(w.as_str(), "without" | "unless" | "ohne" | "except" | "außer");
    let parts = |w: &String| matches!(w.as_str(), "and" | "or" | "but" | "und" | "oder" | "aber" | "sondern");
    is_rule(words)
        || words.split(parts).any(|statement| {
            let (first, second) =
                (statement.iter().position(|w| denies(w)), statement.iter().position(except));
            // In front of the negation only `ohne … kein …` belongs to it.
            let german = |e: usize| {
                statement.get(e).is_some_and(|w| w == "ohne") && statement.iter().skip(e).any(none)
            };
            matches!((first, second), (Some(n), Some(e)) if n < e || german(e))
        })
}

/// `No item is touched until its request was approved`, `nothing is tested that is not under control`: what holds of none before something
/// else, or of none that is not something else, is a rule. Of what has been (`no test was run before the release`) it is a denial.
fn is_rule(words: &[String]) -> bool {
    let none =
        |w: &String| matches!(w.as_str(), "no" | "nothing" | "none" | "nichts") || w.starts_with("kein");
    let been = |w: &String| {
        matches!(
            w.as_str(),
            "was" | "were" | "has" | "have" | "had" | "wurde" | "wurden" | "war" | "waren" | "hat" | "haben"
        )
    };
    let Some(first) = words.iter().position(none) else { return false };
    let rest = words.get(first + 1..).unwrap_or_default();
    let until = |w: &String| matches!(w.as_str(), "until" | "before" | "bevor" | "bis" | "solange" | "ehe");
    let by_time = rest.iter().position(until).is_some_and(|u| !rest.iter().take(u).any(been));
    let of_whom = |w: &String| matches!(w.as_str(), "that" | "which" | "was" | "das" | "die" | "der");
    let by_kind = rest.iter().position(of_whom).is_some_and(|t| {
        !rest.iter().take(t).any(been)
            && rest.iter().skip(t).take(BY_KIND).any(|w| matches!(w.as_str(), "not" | "nicht"))
    });
    by_time || by_kind
}

/// Words between `that` and its `not` at most.
const BY_KIND: usize = 5;

/// Whether a sentence begins with nobody or nothing of which something is said, so that all of it is denied: `Nobody has looked at the
/// bugs`; but not `Nothing is open`, where what is denied is bad, nor `nobody can open it`, where something is guarded.
pub(crate) fn denied_of_all(words: &[String]) -> bool {
    const NOBODY: &[&str] = &["nobody", "niemand", "nothing", "nichts", "no-one"];
    let Some(at) = words.iter().take(5).position(|w| NOBODY.contains(&w.as_str())) else { return false };
    let rest = words.get(at + 1..).unwrap_or_default();
    !rest.iter().any(|w| is_bad(w) || matches!(w.as_str(), "can" | "may" | "kann" | "darf"))
}

/// Whether a sentence says what something is good for, so that its negation tells what is kept from happening: `so that a crash cannot
/// alter a value` denies nothing.
pub(crate) fn says_what_for(text: &str) -> bool {
    const FOR: &[&str] =
        &["so that", "such that", "sodass", "so dass", "damit ", "dadurch ", "in order not to", "um nicht"];
    let lower = text.to_lowercase();
    FOR.iter().any(|f| lower.contains(f))
}

/// What a sentence answers to the question before it: yes, no, or nothing.
pub(crate) fn answer(text: &str) -> Option<bool> {
    match words(text).first().map(String::as_str) {
        Some("yes" | "ja") => Some(true),
        Some("no" | "nein") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_negations_affirm_and_nobody_denies_all() {
        let two = |text: &str| affirms_by_two(&words(text));
        assert!(two("No item is touched without a change request."));
        assert!(two("Ohne genehmigten Antrag wird kein Element angefasst."));
        assert!(two("No item is touched until its change request has been approved."));
        assert!(two("Nichts geht in die Prüfung, was nicht unter Versionskontrolle steht."));
        assert!(!two("No test was run before the release."));
        assert!(!two("It was released without tests and nothing was archived."));
        assert!(!two("Without a bench the tests were not run."));
        assert!(!two("Ohne Prüfstand wurden die Tests nicht ausgeführt."));
        assert!(
            says_what_for("It runs alone, so that its crash cannot alter a dose.")
                && !says_what_for("It was not tested.")
        );
        let denied = |text: &str| denied_of_all(&words(text));
        assert!(denied("Nobody has looked at the bugs from a risk point of view."));
        assert!(denied("Die Architektur hat bisher niemand geprüft."));
        assert!(!denied("Nothing on the list is open.") && !denied("List walked through, nothing skipped."));
        assert!(!denied("Nobody can write to a sealed release."));
    }

    #[test]
    fn a_negation_reaches_its_own_clause_only() {
        let reaches = |text: &str, negation: &str, hits: &[&str]| {
            let own = words(text);
            let at = |w: &str| own.iter().position(|o| o == w).unwrap();
            let hits: Vec<usize> = hits.iter().map(|h| at(h)).collect();
            Build::of(text).reaches(at(negation), &hits)
        };
        assert!(reaches(
            "The known anomalies were not evaluated; he was ill.",
            "not",
            &["anomalies", "evaluated"]
        ));
        assert!(reaches("It was found that the tests were not executed.", "not", &["tests", "executed"]));
        assert!(!reaches(
            "The clock does not tick, and all anomalies were evaluated.",
            "not",
            &["anomalies", "evaluated"]
        ));
        assert!(!reaches(
            "Anomalies that were not evaluated are listed.",
            "not",
            &["anomalies", "evaluated"]
        ));
        assert!(!reaches(
            "Anomalien, die nicht bewertet wurden, sind gelistet.",
            "nicht",
            &["anomalien", "bewertet"]
        ));
        assert!(!reaches("The records of the archive will not be deleted.", "not", &["records", "archive"]));
        assert!(!reaches(
            "The shell decides nothing and is described by interface 6.",
            "nothing",
            &["described", "interface"]
        ));
        assert!(!reaches("Unknown values shall not be accepted.", "not", &["values", "accepted"]));
        assert!(reaches(
            "The tests must be repeated because not all units were tested.",
            "not",
            &["units", "tested"]
        ));
        assert!(reaches("They should have been tested but were not evaluated.", "not", &["evaluated"]));
        assert!(Build::of("If the sensor is not connected, no value is shown.").conditional);
        assert!(Build::of("Ist der Filter nicht eingelegt, startet die Messung nicht.").conditional);
        assert!(!is_needless(&words("The units were not tested as required.")));
        assert!(is_needless(&words("No item claims a lower class, so no segregation is needed.")));
    }

    #[test]
    fn a_clause_says_that_what_it_names_is_not_there() {
        let lacking = |text: &str, hits: &[&str]| {
            let own = words(text);
            let hits: Vec<usize> = hits.iter().map(|h| own.iter().position(|o| o == h).unwrap()).collect();
            Build::of(text).lacking(&hits)
        };
        for (text, hits) in [
            ("A trace from hazard to test does not exist.", ["trace", "test"]),
            ("Testfälle zu den Anforderungen liegen keine vor.", ["testfälle", "anforderungen"]),
            ("The matrix shows twelve requirements without any test.", ["requirements", "test"]),
            ("Für das Gerät gibt es weder einen Plan noch eine Akte.", ["plan", "akte"]),
            ("A plan, which closes the gaps, was postponed.", ["plan", "gaps"]),
            ("There is no archive of this release.", ["archive", "release"]),
            ("Keiner der Tests wurde wiederholt.", ["tests", "wiederholt"]),
        ] {
            assert!(lacking(text, &hits), "{text}");
        }
        for (text, hits) in [
            ("Missing values of the test are rejected.", ["values", "test"]),
            ("Nothing is missing in the archive of the release.", ["archive", "release"]),
            ("There are no known anomalies in this release.", ["anomalies", "release"]),
            ("The change has no effect on the interfaces.", ["change", "interfaces"]),
            ("Nobody can write to a sealed release.", ["write", "release"]),
            ("We compared all documents, and unit tests are missing.", ["compared", "documents"]),
        ] {
            assert!(!lacking(text, &hits), "{text}");
        }
    }

    #[test]
    fn a_question_is_answered_by_the_first_word_after_it() {
        assert_eq!(answer("Yes, on 2025-06-18."), Some(true));
        assert_eq!(answer("Nein, der Tresor zieht um."), Some(false));
        assert_eq!(answer("Not known."), None);
    }
}

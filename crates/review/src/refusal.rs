//! Denials in everyday words that do not stand in the statement they deny: the cell beside it (`Tests repeated | no`), what follows a
//! colon, and the sentence after it (`We did not do that.`). English and German.

use crate::words::words;

/// Words that answer `no` by themselves.
const NO: &[&str] = &["no", "nope", "nein", "nö"];

/// Words at the beginning of an answer that tells that something was not done.
const NOT: &[&str] = &[
    "not",
    "never",
    "nobody",
    "missing",
    "skipped",
    "outstanding",
    "postponed",
    "vacant",
    "nicht",
    "nie",
    "niemand",
    "fehlt",
    "fehlen",
    "ausstehend",
    "verschoben",
    "unbesetzt",
    "ausgelassen",
    "entfallen",
];

/// Answers that do so where they are all that is said.
const ALONE: &[&str] =
    &["open", "offen", "pending", "steht aus", "steht noch aus", "noch offen", "still open"];

/// Beginnings of answers of several words.
const SAID: &[&str] = &[
    "none on record",
    "none available",
    "no record",
    "no evidence",
    "there is no",
    "there are no",
    "still missing",
    "still open",
    "noch nicht",
    "noch kein",
    "noch offen",
    "steht aus",
    "steht noch aus",
    "stehen aus",
    "leider nicht",
    "leider nein",
    "bisher nicht",
    "bisher kein",
    "gibt es nicht",
    "gibt es kein",
    "es gibt kein",
    "keine aufzeichnung",
    "keine nachweise",
    "kein nachweis",
    "keine vorhanden",
    "keiner benannt",
    "niemand benannt",
];

/// Beginnings of words for a property. That something has it not is the answer of somebody who looked: `Safety relevant | no`.
pub(crate) const PROPERTY: &[&str] = &[
    "relevan",
    "affect",
    "impact",
    "influence",
    "needed",
    "required",
    "necess",
    "possible",
    "critical",
    "betroffen",
    "auswirkung",
    "einfluss",
    "nötig",
    "notwendig",
    "erforder",
    "möglich",
    "kritisch",
    "sicherheitsrelevant",
    "harm",
    "schaden",
    "hurt",
    "endanger",
    "gefähr",
    "gefahr",
    "risk",
    "risik",
    "effect",
    "wirkung",
    "reportable",
    "meldepflicht",
];

/// Beginnings of words for something bad, of which it is good that there is none or that it is not.
pub(crate) const UNWANTED: &[&str] = &[
    "anomal",
    "defect",
    "bug",
    "error",
    "fehler",
    "deviation",
    "abweichung",
    "finding",
    "feststellung",
    "issue",
    "open",
    "offen",
    "mangel",
    "mängel",
    "remark",
    "einwand",
    "einwänd",
    "objection",
    "crash",
    "fail",
    "problem",
    "unresolved",
    "warning",
    "warnung",
];

/// Whether `no` is the answer of somebody who looked: the topic or question is a property, and no deed.
pub(crate) fn judges(topic: &str) -> bool {
    let about = words(topic);
    about.iter().any(|w| PROPERTY.iter().any(|b| w.starts_with(b)))
        && !about.last().is_some_and(|w| is_done(w))
}

/// Whether an answer says that what its topic names was not done or is not there.
pub(crate) fn refuses(topic: &str, answer: &str) -> bool {
    let said = words(answer);
    let Some(first) = said.first().map(String::as_str) else { return false };
    let lower = answer.trim().to_lowercase();
    let lower = lower.trim_end_matches(['.', '!']);
    let about = words(topic);
    let of = |list: &[&str]| about.iter().any(|w| list.iter().any(|b| w.starts_with(b)));
    let whole = |w: &&str| lower == *w;
    // `Nothing else`, `no open remark`: the rest of the answer names what there is none of.
    let no = NO.contains(&first) && {
        let end = lower.trim_start_matches(first);
        end.is_empty() || end.starts_with([',', '.', ';', ':', ' ', '–', '—'].as_slice()) && !names_more(end)
    };
    if no && judges(topic) {
        return false;
    }
    let not = NOT.contains(&first)
        && said.len() <= ANSWER_MAX
        && !said.get(1).is_some_and(|w| {
            PROPERTY.iter().any(|p| w.starts_with(p)) || w == "applicable" || w == "zutreffend"
        });
    (no || not || ALONE.iter().any(whole) || SAID.iter().any(|s| lower.starts_with(s))) && !of(UNWANTED)
        // Remaining anomalies that were `not assessed`: what was not done is named by the answer, or at the end of the topic.
        || (no || not) && of(UNWANTED) && (about.last().is_some_and(|w| is_done(w)) || about.iter().any(|w| is_done(w)) || not && said.get(1).is_some_and(|w| is_done(w) || w == "started" || w == "begonnen"))
}

/// `No open remark` goes on with a thing; `no, forgotten` and `no – later` do not.
fn names_more(end: &str) -> bool {
    end.starts_with(' ') && !end.trim_start().starts_with(['–', '—', '-', '('].as_slice())
}

/// Words of an answer at most.
const ANSWER_MAX: usize = 6;

/// A participle of something that is done: `evaluated`, `bewertet`, `told`.
fn is_done(word: &str) -> bool {
    const IRREGULAR: &[&str] = &["told", "done", "run", "read", "written", "kept", "made", "rerun", "gone"];
    const GERMAN: &[&str] = &["ge", "be", "ver", "wieder", "durchge", "abge", "aus", "über", "unter", "ein"];
    // A property is no deed.
    if PROPERTY.iter().any(|p| word.starts_with(p)) {
        return false;
    }
    IRREGULAR.contains(&word)
        || word.len() > 4 && word.ends_with("ed")
        || word.len() > 5
            && (word.ends_with('t') || word.ends_with("en"))
            && GERMAN.iter().any(|g| word.starts_with(g))
}

/// Whether a sentence with a colon answers its own topic with a denial: `Retests after the correction: none on record.`
pub(crate) fn refuses_itself(text: &str) -> bool {
    let Some((topic, answer)) = text.split_once(": ") else { return false };
    words(topic).len() <= TOPIC_MAX && refuses(topic, answer)
}

/// Words of a topic before a colon at most.
const TOPIC_MAX: usize = 12;

/// Whether a sentence takes back the one before it: `Not yet.`, `We did not do one.`, `Das ist nicht erfolgt.` It is short, and what is
/// done in it is only pointed at.
pub(crate) fn takes_back(text: &str) -> bool {
    const POINTS: &[&str] = &[
        "it", "this", "that", "one", "so", "them", "either", "neither", "das", "dies", "es", "davon",
        "beides", "dazu", "these",
    ];
    const DEED: &[&str] = &[
        "do",
        "done",
        "happen",
        "happened",
        "started",
        "exist",
        "exists",
        "made",
        "gone",
        "gemacht",
        "erfolgt",
        "passiert",
        "geschehen",
        "getan",
        "begonnen",
        "vorhanden",
        "erledigt",
        "stattgefunden",
    ];
    const DENY: &[&str] = &[
        "not", "never", "nobody", "didn't", "hasn't", "haven't", "wasn't", "weren't", "isn't", "nicht",
        "nie", "niemand", "nope", "doesn't", "neither",
    ];
    // Words that say the deed and that it was not done.
    const LEFT: &[&str] = &[
        "missing",
        "skipped",
        "dropped",
        "postponed",
        "fehlt",
        "unterblieb",
        "unterblieben",
        "verschoben",
        "aus",
        "versäumt",
        "vergessen",
    ];
    let own = words(text);
    if own.is_empty() || own.len() > BACK_MAX || text.trim_end().ends_with('?') {
        return false;
    }
    let has = |list: &[&str]| own.iter().any(|w| list.contains(&w.as_str()));
    let first = own.first().map(String::as_str).unwrap_or_default();
    // `Nothing is missing`, `es fehlt keiner`.
    let none = has(&["nothing", "none", "nichts", "kein", "keine", "keiner", "keines"]);
    // `No.` and `No, later`, not `no finding open`.
    let no = NO.contains(&first)
        && text.trim_start().to_lowercase().strip_prefix(first).is_some_and(|end| !names_more(end));
    let elliptic = own.len() <= ELLIPTIC_MAX
        && (no
            || matches!(first, "not" | "nicht" | "noch" | "never" | "leider" | "unfortunately")
                && has(&["not", "nicht", "never", "nein"]));
    elliptic && !own.iter().any(|w| PROPERTY.iter().any(|p| w.starts_with(p)))
        || !none && has(POINTS) && (has(LEFT) || has(DEED) && has(DENY))
}

/// Words of a sentence that takes another one back at most, and of one without a verb.
const BACK_MAX: usize = 9;
const ELLIPTIC_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_denies_its_topic_unless_it_judges_it() {
        for (topic, answer) in [
            ("Tests repeated after the correction", "no"),
            ("Remaining bugs judged for risk", "not started"),
            ("Customers told", "no"),
            ("Each requirement has a test", "no, 31 missing"),
            ("Regressionstest nach dem Zusammenbau", "nein"),
            ("Restfehler auf Risiko bewertet", "nein"),
            ("Listen der Bibliotheken gelesen", "nein, vergessen"),
            ("Archiv", "steht aus"),
            ("Prüfaufbau", "offen"),
            ("Safety relevant", "not assessed"),
        ] {
            assert!(refuses(topic, answer), "{topic}: {answer}");
        }
        for (topic, answer) in [
            ("Safety relevant", "no"),
            ("Sicherheitsrelevant", "nein"),
            ("Impact on interfaces", "none"),
            ("Open anomalies", "none"),
            ("Abweichungen", "keine"),
            ("Review", "no open remark"),
            ("Verification", "yes"),
            ("Cybersecurity annex", "not applicable"),
        ] {
            assert!(!refuses(topic, answer), "{topic}: {answer}");
        }
        assert!(refuses_itself("Retests after the correction of the alarm: none on record."));
        assert!(!refuses_itself("Known anomalies of this version: none."));
    }

    #[test]
    fn a_short_sentence_takes_back_the_one_before() {
        for text in [
            "We did not do one.",
            "Not yet.",
            "Nope, not yet.",
            "Das ist nicht erfolgt.",
            "Das steht noch aus.",
            "Noch nicht.",
            "That has not happened.",
        ] {
            assert!(takes_back(text), "{text}");
        }
        for text in [
            "It did not fail.",
            "No open remark was left after the second reading of it.",
            "They do not lead to harm.",
            "Not relevant.",
            "Das Gerät schaltet nicht ab.",
            "All of it was done.",
        ] {
            assert!(!takes_back(text), "{text}");
        }
    }
}

//! What a sentence says of something that is not there yet: that it is meant to come, or that nobody has settled or asked it. Neither is
//! evidence that it was done. English and German.

use crate::words::is_common;

/// How far a sentence is from saying that something is so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It says that it is so, or that it has to be.
    #[default]
    Stated,
    /// It says that it is meant to come. A plan may say so; a record or a register may not.
    Intended,
    /// It says that it is not settled, that somebody has it in mind, or only that somebody asked: evidence of nothing.
    Unsettled,
}

/// Phrases of what is meant to come.
const INTENDED: &[&str] = &[
    "we plan to",
    "plans to ",
    "next sprint",
    "next week",
    "next month",
    "next quarter",
    "next year",
    "nächsten sprint",
    "nächste woche",
    "nächster woche",
    "nächsten monat",
    "nächstes quartal",
    "nächsten quartal",
    "nächstes jahr",
    "nächsten jahr",
    "termin folgt",
    "in progress",
    "in arbeit",
    "wird noch ",
    "werden noch ",
];

/// Phrases of what somebody has in mind, which is not even a plan, and of what nobody can tell.
const IN_MIND: &[&str] = &[
    "going to ",
    "we intend",
    "intends to",
    "in the future",
    "demnächst",
    "in kürze",
    "beabsichtig",
    "angedacht",
    "no idea",
    "say whether",
    "keine ahnung",
    "späterer nachtrag",
    "is not part of this",
    "nicht teil dieses",
    "nicht gegenstand",
    "later version",
];

/// German predicates of what is meant to come; with an ending they are attributes (`die geplanten Tests`), after `wie` a comparison.
const PREDICATES: &[&str] = &["geplant", "eingeplant", "vorgesehen", "angestrebt"];

/// English ones, which are predicates after a verb in the present only: `planned tests` were perhaps run.
const AFTER_IS: &[&str] = &["planned", "scheduled", "foreseen", "envisaged", "intended"];

/// Verbs and words before them.
const IS: &[&str] = &["is", "are", "still", "only", "currently", "now"];

/// Verbs of what somebody still has to settle.
const SETTLE: &[&str] = &[
    "agreed",
    "decided",
    "defined",
    "determined",
    "clarified",
    "discussed",
    "settled",
    "klären",
    "festzulegen",
    "definieren",
    "entscheiden",
    "bestimmen",
    "abzustimmen",
    "besprechen",
];

/// Words that tell that something is not known.
const UNKNOWN: &[&str] = &[
    "asked",
    "asks",
    "wonders",
    "question",
    "unclear",
    "unknown",
    "fragt",
    "fragte",
    "frage",
    "unklar",
    "ungeklärt",
    "unbekannt",
];

/// How far a sentence of these words is from saying that something is so.
pub(crate) fn mood(words: &[String], lower: &str) -> Mood {
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let to_settle = [" to be ", "noch "].iter().any(|p| lower.contains(p))
        && has(SETTLE)
        && has(&["is", "are", "still", "noch"])
        && !has(&["shall", "must"]);
    let asked = has(&["whether", "ob", "if"]) && has(UNKNOWN);
    let follows = has(&["follows", "folgt", "follow", "folgen"])
        && words.iter().filter(|w| !is_common(w)).count() <= FOLLOWS_MAX
        && words.first().is_some_and(|w| matches!(w.as_str(), "text" | "details" | "content" | "inhalt"));
    let in_mind = IN_MIND.iter().any(|i| lower.contains(i));
    if to_settle || in_mind || asked || follows || has(&["tbd", "tbc", "tba"]) {
        return Mood::Unsettled;
    }
    let before = |at: usize| at.checked_sub(1).and_then(|b| words.get(b)).map(String::as_str);
    let predicate = words.iter().enumerate().any(|(at, w)| {
        let w = w.as_str();
        PREDICATES.contains(&w)
            && before(at) != Some("wie")
            && !words.iter().any(|w| matches!(w.as_str(), "war" | "waren" | "wurde" | "wurden"))
            || AFTER_IS.contains(&w)
                && before(at).is_none_or(|b| IS.contains(&b))
                && words.get(at + 1).is_none_or(|n| is_common(n))
    });
    if predicate || future(words) || INTENDED.iter().any(|i| lower.contains(i)) {
        return Mood::Intended;
    }
    Mood::Stated
}

/// `Text follows in version 0.2`: words that carry something, at most.
const FOLLOWS_MAX: usize = 5;

/// German future: `wird untersucht werden`, `werden dann übernommen`, and what is to come on a day that is no date of a record.
fn future(words: &[String]) -> bool {
    let Some(at) = words.iter().position(|w| matches!(w.as_str(), "wird" | "werden")) else { return false };
    let rest = words.get(at + 1..).unwrap_or_default();
    words.get(at).is_some_and(|w| w == "wird") && rest.last().is_some_and(|w| w == "werden")
        || rest.first().is_some_and(|w| matches!(w.as_str(), "dann" | "künftig" | "später" | "danach"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn of(text: &str) -> Mood {
        mood(&words(text), &text.to_lowercase())
    }

    #[test]
    fn what_is_meant_to_come_is_told_from_what_is_so() {
        for text in [
            "A check that each requirement has a test is planned for May.",
            "Verification of the measures is scheduled for autumn.",
            "Nachweis der Wirksamkeit: geplant.",
            "Ein Review der Architektur ist vorgesehen.",
            "Die Wirkung wird im Mai untersucht werden.",
            "Das Paket wird dann ins Archiv übernommen.",
        ] {
            assert_eq!(of(text), Mood::Intended, "{text}");
        }
        for text in [
            "All planned verification activities were completed on 2025-03-10.",
            "The tests were run as planned.",
            "Die geplanten Tests wurden ausgeführt.",
            "Die Tests liefen wie geplant.",
            "Der Test war für Mai geplant und wurde im Juni ausgeführt.",
            "Risk management follows ISO 14971.",
            "Requirements shall be defined before the design.",
            "The question of ownership was answered by the board.",
        ] {
            assert_eq!(of(text), Mood::Stated, "{text}");
        }
    }

    #[test]
    fn what_is_not_settled_shows_nothing() {
        for text in [
            "It is still to be agreed what will be controlled.",
            "Annahmekriterien sind noch festzulegen.",
            "Tester and versions TBD.",
            "The team is going to collect the items.",
            "We intend to link requests and approvals.",
            "The auditor asked whether somebody compared both.",
            "Ob alles geprüft wurde, ist ungeklärt.",
        ] {
            assert_eq!(of(text), Mood::Unsettled, "{text}");
        }
    }
}

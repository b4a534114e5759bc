//! Words: how text is cut, which words carry nothing, which words of two languages mean the same in this field.

/// Cuts text into words in small letters; hyphens, dots and apostrophes inside a word belong to it.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if matches!(c, '-' | '.' | '\'' | '’')
            && !word.is_empty()
            && chars.peek().is_some_and(|n| n.is_alphanumeric())
        {
            word.push(if c == '’' { '\'' } else { c });
        } else if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Words that stand in every sentence.
const COMMON: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "with", "from", "and", "or", "is", "are",
    "was", "were", "be", "been", "being", "has", "have", "had", "this", "that", "these", "those", "it",
    "its", "as", "each", "every", "all", "any", "which", "who", "before", "after", "against", "into", "than",
    "their", "there", "do", "does", "did", "per", "so", "if", "when", "where", "what", "how", "also", "only",
    "such", "same", "other", "one", "can", "may", "der", "die", "das", "den", "dem", "des", "ein", "eine",
    "einer", "eines", "einem", "einen", "und", "oder", "ist", "sind", "war", "waren", "wird", "werden",
    "wurde", "wurden", "im", "am", "zum", "zur", "von", "vom", "mit", "für", "auf", "an", "bei", "nach",
    "vor", "aus", "über", "durch", "als", "sich", "es", "sie", "er", "jede", "jeder", "jedes", "jeden",
    "alle", "aller", "allen", "sowie", "auch", "dass", "wie", "gegen", "dieser", "diese", "dieses", "hat",
    "haben", "kann", "können", "zu", "software", "shall", "should", "must", "will", "muss", "müssen", "soll",
    "sollen",
];

/// Whether a word says next to nothing about what a sentence is about.
pub(crate) fn is_common(word: &str) -> bool {
    COMMON.contains(&word)
}

/// Words that turn a statement round.
pub(crate) const STRONG: &[&str] = &[
    "not",
    "nicht",
    "never",
    "nie",
    "niemals",
    "nobody",
    "niemand",
    "nothing",
    "nichts",
    "none",
    "neither",
    "cannot",
    "isn't",
    "wasn't",
    "weren't",
    "hasn't",
    "haven't",
    "hadn't",
    "didn't",
    "doesn't",
    "don't",
    "couldn't",
    "incomplete",
    "unvollständig",
    "pending",
    "outstanding",
    "ausstehend",
];

/// Whether a word turns a statement round.
pub(crate) fn is_negation(word: &str) -> bool {
    STRONG.contains(&word)
}

/// Words of a duty or an intention: the sentence says what is to be, not what is.
const DUTY: &[&str] = &[
    "shall", "must", "should", "will", "soll", "sollen", "sollte", "muss", "müssen", "shall", "ensure",
    "need", "needs",
];

/// Whether a sentence speaks of a duty, an intention or a habit and not of something that happened.
pub(crate) fn is_duty(words: &[String], text: &str) -> bool {
    if words.iter().any(|w| DUTY.contains(&w.as_str())) {
        return true;
    }
    // `Sind auszuführen`, `ist einzutragen`.
    let to_do = |w: &String| {
        w.ends_with("en")
            && ["auszu", "einzu", "anzu", "abzu", "durchzu", "festzu", "vorzu", "nachzu", "aufzu", "zuzu"]
                .iter()
                .any(|p| w.starts_with(p))
    };
    if words.iter().any(to_do) && words.iter().any(|w| matches!(w.as_str(), "ist" | "sind")) {
        return true;
    }
    // `Die Tests sind zu wiederholen`.
    let last_two = words.len().checked_sub(2).and_then(|at| words.get(at..)).unwrap_or_default();
    let is = || words.iter().any(|w| matches!(w.as_str(), "ist" | "sind"));
    if matches!(last_two, [zu, verb] if zu == "zu" && verb.ends_with("en")) && is() || is_habit(words, text) {
        return true;
    }
    let lower = text.to_lowercase();
    const HABITS: &[&str] = &[
        "before each",
        "before every",
        "before release",
        "prior to release",
        "for each release",
        "for every release",
        "when a ",
        "whenever",
        "each release is",
        "is to be",
        "are to be",
        "has to be",
        "have to be",
        "vor jeder",
        "vor der freigabe",
        "bei jeder",
        "zu prüfen",
        "zu bewerten",
        "zu dokumentieren",
        "ist zu ",
        "sind zu ",
        "is only ",
        "are created",
        "we will",
        "next week",
        "next month",
        "next quarter",
        "later",
        "nächste woche",
        "nächsten monat",
        "nach der freigabe",
        "after the release",
        "after release",
        "sobald",
        "as soon as",
        "by then",
        "before we ",
        "before the freeze",
        "every quarter",
        "checks that ",
        "checks whether ",
        "verifies that ",
        "ensures that ",
        "makes sure ",
        "stellt sicher",
        "prüft, ob",
        "prüft, dass",
        "nach jeder",
        "nach jedem",
        "after each",
        "after every",
        "bedarf der",
        "bedürfen",
        "gilt als",
        "gelten als",
        "e.g. ",
    ];
    HABITS.iter().any(|h| lower.contains(h))
}

/// Whether a German sentence says in the present what is done, and names no number: `Module werden mit Modultests geprüft` is a rule, `der
/// Stand wird nach Abschluss archiviert` an intention.
fn is_habit(words: &[String], text: &str) -> bool {
    const STEMS: &[&str] =
        &["ge", "durchge", "abge", "aufge", "einge", "über", "unter", "ver", "be", "wieder", "archiviert"];
    let passive = words.iter().any(|w| matches!(w.as_str(), "wird" | "werden"))
        && !words.iter().any(|w| matches!(w.as_str(), "wurde" | "wurden" | "worden" | "hat" | "haben"));
    let participle =
        |w: &String| (w.ends_with('t') || w.ends_with("en")) && STEMS.iter().any(|s| w.starts_with(s));
    passive && words.last().is_some_and(participle) && !text.contains(|c: char| c.is_ascii_digit())
}

/// Whether a sentence says that something is still open: German puts its negation after what it denies (`liegt noch nicht vor`), so
/// that its place tells nothing.
pub(crate) fn is_open_yet(text: &str) -> bool {
    const OPEN: &[&str] = &[
        "noch nicht",
        "not yet",
        "noch kein",
        "steht aus",
        "steht noch aus",
        "stehen aus",
        "stehen noch aus",
        "liegt nicht vor",
        "liegen nicht vor",
        "bislang nicht",
        "bisher nicht",
        "müssen wir noch",
        "muss noch",
        "still has to",
        "still have to",
        "yet to be",
        "so far not",
        "nobody did",
        "were never",
        "was never",
        "has never been",
        "have never been",
        "nicht mehr",
        "no longer run",
        "noch niemand",
        "bisher niemand",
        "bislang niemand",
        "bisher kein",
        "bislang kein",
        "still missing",
        "fehlt noch",
        "fehlen noch",
    ];
    let lower = text.to_lowercase();
    OPEN.iter().any(|o| lower.contains(o)) || lower.starts_with("no ") && lower.contains(" yet")
}

/// The language that most of the words are of.
pub(crate) fn is_german<'w>(words: impl Iterator<Item = &'w String>) -> bool {
    const GERMAN: &[&str] = &[
        "der", "die", "und", "das", "ist", "wird", "von", "mit", "für", "wurde", "sind", "werden", "den",
        "eine", "nicht", "im", "zu",
    ];
    const ENGLISH: &[&str] = &[
        "the", "and", "of", "is", "are", "to", "was", "were", "in", "for", "with", "by", "be", "not", "this",
        "that",
    ];
    let (mut german, mut english) = (0u32, 0u32);
    for word in words.take(20_000) {
        german += u32::from(GERMAN.contains(&word.as_str()));
        english += u32::from(ENGLISH.contains(&word.as_str()));
    }
    german > english
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_what_is_no_word() {
        assert_eq!(
            words("Release v3.2.0 (won’t fix), RC-04."),
            ["release", "v3.2.0", "won't", "fix", "rc-04"]
        );
    }

    #[test]
    fn duties_and_habits_are_no_facts() {
        let duty = |text: &str| is_duty(&words(text), text);
        assert!(
            duty("Residual anomalies shall be listed.") && duty("Vor jeder Freigabe werden Tests geprüft.")
        );
        for german in [
            "Nach jeder Zusammenführung sind die Tests auszuführen.",
            "Wird geändert, sind die betroffenen Tests zu wiederholen.",
            "Der Stand wird nach Abschluss archiviert.",
        ] {
            assert!(duty(german), "{german}");
        }
        assert!(duty("Quality assurance checks that no task is open."));
        assert!(!duty("Der Stand wurde nach Abschluss archiviert."));
        assert!(!duty("All planned verification was completed on 2025-03-10."));
    }
}

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

/// What is left of a word without the endings of its language.
pub(crate) fn stem(word: &str) -> &str {
    let mut out = word;
    for ending in [
        "ierungen",
        "ierung",
        "ifications",
        "ification",
        "ifizierung",
        "ifiziert",
        "ifiziert",
        "izations",
        "ization",
        "ations",
        "ation",
        "ungen",
        "ung",
        "ements",
        "ement",
        "ments",
        "ment",
        "iert",
        "ieren",
        "ities",
        "ity",
        "ives",
        "ive",
        "ings",
        "ing",
        "ions",
        "ion",
        "ies",
        "ied",
        "ier",
        "ern",
        "est",
        "ers",
        "er",
        "en",
        "em",
        "es",
        "ed",
        "et",
        "te",
        "ly",
        "e",
        "s",
        "n",
        "t",
        "y",
    ] {
        if let Some(cut) = out.strip_suffix(ending)
            && cut.chars().count() >= 4
        {
            out = cut;
            break;
        }
    }
    out
}

/// Words that mean the same in this field, by their beginnings, English and German together.
const SAME: &[&[&str]] = &[
    &["anomal", "defect", "bug", "issue", "fault", "fehler", "mangel", "mängel", "problem"],
    &["evaluat", "assess", "judg", "apprais", "rated", "bewert", "beurteil", "eingestuft"],
    &["analys", "analyz", "investigat", "examin", "untersuch", "betrachtet"],
    &[
        "complet",
        "finish",
        "done",
        "closed",
        "conclud",
        "abgeschlossen",
        "fertig",
        "vollständig",
        "erledigt",
        "beendet",
    ],
    &["execut", "perform", "carried", "conducted", "ran", "run", "durchgeführt", "ausgeführt"],
    &["verif", "check", "prüf", "geprüft", "review", "inspect", "verifi"],
    &["manufacturer", "supplier", "vendor", "producer", "maker", "hersteller", "lieferant", "anbieter"],
    &["archiv", "vault", "stored", "kept", "retain", "abgelegt", "aufbewahr", "gespeichert"],
    &["checksum", "digest", "hash", "sha-256", "sha256", "prüfsumme", "hashwert"],
    &["signature", "signed", "signing", "signatur", "signiert"],
    &["release", "freigabe", "freigegeben", "freizugeb"],
    &[
        "residual",
        "known",
        "open",
        "unresolved",
        "remaining",
        "uncorrected",
        "bekannt",
        "offen",
        "verbleibend",
        "restlich",
        "restfehler",
    ],
    &["risk", "risiko", "risik"],
    &["hazard", "gefährd"],
    &["safety", "sicherheit"],
    &["requirement", "anforderung", "srs", "req"],
    &["test", "erprob"],
    &["plan", "konzept", "strategy", "strategie"],
    &["trace", "traceab", "rückverfolg", "nachverfolg", "linked", "links", "verlink", "verknüpf"],
    &["approv", "authoriz", "authoris", "accepted", "genehmig", "freigegeben"],
    &["responsib", "verantwort", "zuständig", "owner", "accountable"],
    &["identif", "kennzeich", "kennung", "identifi", "unique", "eindeutig"],
    &["component", "item", "module", "komponente", "baustein", "element", "softwarekomponente"],
    &[
        "soup",
        "off-the-shelf",
        "third-party",
        "third",
        "library",
        "libraries",
        "bibliothek",
        "fremdsoftware",
        "drittanbieter",
        "ots",
    ],
    &["change", "modif", "änder"],
    &["cause", "ursache", "root"],
    &["control", "measure", "mitigat", "maßnahme", "massnahme", "beherrsch"],
    &["built", "build", "compil", "erzeugt", "erstellt", "gebaut", "buildumgebung", "paket"],
    &["environment", "umgebung", "container", "host", "toolchain"],
    &["deliver", "distribut", "download", "install", "ausliefer", "auslieferung", "update"],
    &["notif", "inform", "advis", "tell", "told", "communicat", "benachrichtig", "mitgeteilt"],
    &["feedback", "complaint", "rückmeld", "beschwerde", "reklamation"],
    &["segregat", "separat", "isolat", "partition", "getrennt", "trennung", "abgegrenzt"],
    &["interface", "schnittstelle", "api"],
    &["design", "entwurf", "detailed"],
    &["architect", "architektur"],
    &["integrat"],
    &["result", "ergebnis", "outcome"],
    &["criteri", "kriteri", "threshold", "akzeptanz", "abnahme", "acceptance"],
    &["retest", "repeat", "regression", "re-run", "rerun", "wiederhol", "nachtest", "erneut"],
    &["cover", "abgedeckt", "abdeck", "coverage"],
    &["author", "written", "writes", "verfasser", "autor", "ersteller", "develops"],
    &["document", "dokument", "deliverable", "arbeitsergebnis"],
    &["period", "years", "jahre", "frist", "retention", "lifetime", "aufbewahrungsfrist"],
    &["trend", "tendenz"],
    &["critical", "severity", "kritikalität", "schweregrad", "priority"],
    &["record", "aufzeichnung", "protokoll", "report", "bericht"],
    &[
        "procedure",
        "instruction",
        "process",
        "verfahren",
        "arbeitsanweisung",
        "anweisung",
        "prozess",
        "workflow",
    ],
    &["tool", "werkzeug", "compiler", "linker"],
    &["tester", "testingenieur", "test-engineer", "prüfer"],
    &[
        "lifecycle",
        "life-cycle",
        "life",
        "lebenszyklus",
        "lebenszyklusmodell",
        "v-model",
        "v-modell",
        "waterfall",
        "agile",
        "scrum",
        "increment",
    ],
    &["harm", "injury", "death", "schaden", "verletzung", "tod"],
    &["class", "klasse", "sicherheitsklasse", "classif", "klassifiz"],
    &["history", "historie", "status", "log"],
    &["title", "name", "bezeichnung", "titel", "component", "package"],
    &["update", "current", "maintain", "aktualisier", "fortgeschrieben", "gepflegt"],
    &["expect", "erwartet", "soll-ergebnis"],
    &["input", "stimulus", "eingabe"],
    &["alarm", "warning", "warnung", "message", "meldung"],
    &["security", "password", "authentic", "encrypt", "passwort", "verschlüssel"],
    &["justif", "rational", "begründ", "reason", "because"],
    &["unit", "einheit", "softwareeinheit"],
    &["legacy", "altsoftware", "bestandssoftware"],
    &["market", "field", "feld", "markt"],
    &["gap", "missing", "lücke", "fehlend"],
];

/// The numbers of the groups that a word belongs to.
pub(crate) fn groups(word: &str) -> impl Iterator<Item = usize> + '_ {
    SAME.iter().enumerate().filter(|(_, g)| g.iter().any(|s| word.starts_with(s))).map(|(i, _)| i)
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
    "none",
    "neither",
    "cannot",
    "isn't",
    "wasn't",
    "weren't",
    "hasn't",
    "haven't",
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
        "later",
        "nächste woche",
        "every quarter",
        "e.g. ",
    ];
    HABITS.iter().any(|h| lower.contains(h))
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
    fn words_of_one_root_have_one_stem() {
        assert_eq!(stem("evaluated"), stem("evaluates"));
        assert_eq!(stem("requirements"), stem("requirement"));
        assert!(groups("defects").any(|g| groups("anomaly").any(|h| g == h)));
    }

    #[test]
    fn duties_and_habits_are_no_facts() {
        let duty = |text: &str| is_duty(&words(text), text);
        assert!(
            duty("Residual anomalies shall be listed.") && duty("Vor jeder Freigabe werden Tests geprüft.")
        );
        assert!(!duty("All planned verification was completed on 2025-03-10."));
    }
}

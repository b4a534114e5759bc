//! Values that a passage must name: versions, dates, identifiers, persons, numbers, digests, classes, periods.

use clauses::Value;
use regex::Regex;
use std::sync::OnceLock;

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        fn $name() -> &'static Regex {
            static PATTERN: OnceLock<Regex> = OnceLock::new();
            // Not input: a test runs each of them.
            PATTERN.get_or_init(|| Regex::new($pattern).unwrap_or_else(|e| panic!("{e}")))
        }
    };
}

pattern!(
    version,
    r"(?i)\b(?:v|version|release|rev\.?|build|tag|commit)?\s?\d+\.\d+(?:\.\d+)*(?:[-+.]?[a-z]+[\d.]*)?\b|\b(?:version|build|commit|tag|rev(?:ision)?\.?)\s+[\w.-]*\d[\w.-]*"
);
pattern!(
    product_version,
    r"(?i)\b(?:software\s?version|version|release|v)\s*:?\s*(\d+\.\d+(?:\.\d+)?(?:[-.](?:rc|beta|alpha)\.?\d*)?)\b"
);
pattern!(identifier, r"\b(?:[A-Z][A-Za-z]{0,9}[-_ ]?){1,3}[-_]?\d+\b|\b[A-Z]{2,}-[A-Z0-9-]+\b|#\d+");
pattern!(number, r"\d");
pattern!(hash, r"(?i)sha-?\d|checksum|digest|\bhash|md5|crc|prüfsumme|\b[0-9a-f]{7,64}\b");
// In a row of a table the class stands in the next cell: `Safety class | B`.
pattern!(
    class,
    r"(?i)\b(?:class|[a-zäöü]*klasse|[a-z]*classification|[a-zäöü]*klassifizierung)\b\s*(?:is|ist|lautet)?\s*[|:=–-]?\s*(?-i:[ABC]|I{1,3}[ab]?)\b"
);
pattern!(
    period,
    r"(?i)\b\d+\s*(?:years?|months?|days?|weeks?|jahre?n?|monate?n?|tage?n?)\b|\b(?:two|three|five|ten|fifteen|twenty|zwei|drei|fünf|zehn|fünfzehn)\s+(?:years?|months?|jahre?n?)\b|indefinitely|unbefristet|lifetime of|lebensdauer"
);
pattern!(
    person,
    r"(?i)\b(?:[a-z-]*(?:lead|manager|engineer|owner|officer|tester(?:in)?|developer|architect|director|head|team|board|ccb|qa|prrc|leitung|leiter(?:in)?|beauftragte[rn]?|ingenieur(?:in)?|prüfer(?:in)?|entwickler(?:in)?|verantwortliche[rn]?|manager(?:in)?|abteilung|management|ausschuss|author|reviewer|approver|desk|support))(?:-?\d+)?\b|\b(?:by|von|durch)\s*:?\s+[A-ZÄÖÜ]\S+|/s/"
);
pattern!(
    document_id,
    r"\b(?:DOC|SOP|REC|REP|PLAN|PLN|SRS|SDD|SAD|SDP|RMP|RMF|VP|VR|TR|IT|WI|AA|KMP|QM|QP|FRM|TMP)[-_]?[A-Z]{0,4}[-_]?\d[\w.-]*"
);

/// Whether a text holds a value of a kind.
pub(crate) fn holds(value: Value, text: &str) -> bool {
    match value {
        Value::Version => version().is_match(text),
        Value::Date => extract::find_date(text).is_some(),
        Value::Identifier => identifier().is_match(text),
        Value::Person => person().is_match(text),
        Value::Number => number().is_match(text),
        Value::Digest => hash().is_match(text),
        Value::Class => class().is_match(text),
        Value::Period => period().is_match(text),
    }
}

/// The words for a kind of value.
pub(crate) fn name(value: Value) -> &'static str {
    match value {
        Value::Version => "a version",
        Value::Date => "a date",
        Value::Identifier => "an identifier",
        Value::Person => "a person or role",
        Value::Number => "a number",
        Value::Digest => "a digest or checksum",
        Value::Class => "a safety class",
        Value::Period => "a length of time",
    }
}

/// Asked before a pattern that needs a digit: most sentences have none, and a pattern costs a hundred times more.
fn has_digit(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Versions that a text gives the software: `version 3.2.0`, `v3.2.0`.
pub(crate) fn software_versions(text: &str) -> Vec<String> {
    if !has_digit(text) {
        return Vec::new();
    }
    product_version()
        .captures_iter(text)
        .filter_map(|c| c.get(1))
        .map(|m| m.as_str().trim_end_matches('.').to_owned())
        .collect()
}

/// The safety class that a text states, as `A`, `B` or `C`.
pub(crate) fn stated_class(text: &str) -> Option<char> {
    if !text.as_bytes().windows(4).any(|w| w.eq_ignore_ascii_case(b"lass")) {
        return None;
    }
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(r"(?i)\b(?:class|[a-zäöü]*klasse)\b\s*[|:=–-]?\s*(?-i:([ABC]))\b")
            .unwrap_or_else(|e| panic!("{e}"))
    });
    pattern.captures(text).and_then(|c| c.get(1)).and_then(|m| m.as_str().to_uppercase().chars().next())
}

/// Ids of documents that a text names.
pub(crate) fn document_ids(text: &str) -> Vec<String> {
    if !has_digit(text) {
        return Vec::new();
    }
    document_id().find_iter(text).map(|m| m.as_str().trim_end_matches(['.', '-', '_']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_as_people_write_them() {
        for (value, yes, no) in [
            (Value::Version, "tag v1.2.0", "no version here"),
            (Value::Date, "am 03.06.2025", "soon"),
            (Value::Identifier, "see RC-04", "see there"),
            (Value::Person, "the QA lead", "nothing"),
            (Value::Digest, "SHA-256 digest", "text"),
            (Value::Class, "safety class B", "first class travel"),
            (Value::Period, "retained for 15 years", "retained"),
            (Value::Number, "2 of 3", "two"),
        ] {
            assert!(holds(value, yes) && !holds(value, no), "{value:?}");
        }
        assert_eq!(software_versions("Version 3.2.0 and v1.4"), ["3.2.0", "1.4"]);
        assert_eq!(stated_class("assigned safety class B."), Some('B'));
        assert_eq!(stated_class("Software safety class | A"), Some('A'));
        assert_eq!(stated_class("a class a student attends"), None);
        assert!(
            holds(Value::Class, "Softwaresicherheitsklasse: C") && !holds(Value::Class, "class after class")
        );
        assert_eq!(document_ids("see SOP-12 and VP-07."), ["SOP-12", "VP-07"]);
    }
}

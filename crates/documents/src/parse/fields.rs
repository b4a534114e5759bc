//! The field list of an item: `key: value` bullets, some of them links.

use crate::code::{BAD_REFERENCE, MISSPELT_FIELD, NOT_A_FIELD};
use diagnostics::{Diagnostic, Span, closest};
use model::{Field, LinkType, Reference, SourceFile, values};
use smol_str::SmolStr;
use std::ops::Range;
use vocabulary::{ItemId, Stamp};

/// Fields that have a meaning somewhere, besides the links, sorted. Others are allowed; a name that is nearly one of
/// these is a warning.
pub const KNOWN_FIELDS: &[&str] = &[
    "acceptability",
    "acceptability-after",
    "acceptability-before",
    "acceptance",
    "anomaly-list",
    "author",
    "category",
    "class",
    "cloud",
    "comment",
    "comments",
    "configuration",
    "contributes",
    "covers",
    "criteria",
    "date",
    "description",
    "design",
    "document",
    "documentation-level",
    "documentation-level-reason",
    "element",
    "end-of-support",
    "end-of-support-source",
    "expected",
    "exploitability-after",
    "exploitability-before",
    "external",
    "functional",
    "group-rationale",
    "harm",
    "hazards",
    "impact-after",
    "impact-before",
    "increment",
    "independent-of",
    "initial-class",
    "integration-evidence",
    "intended-purpose",
    "kind",
    "legacy",
    "legacy-version",
    "level",
    "licence",
    "license",
    "marketed-since",
    "mdr-class",
    "mdr-rule",
    "method",
    "name",
    "needs",
    "note",
    "notes",
    "owner",
    "paths",
    "performance",
    "platforms",
    "postconditions",
    "preconditions",
    "priority",
    "probability",
    "probability-after",
    "probability-before",
    "purl",
    "qualification",
    "qualification-reason",
    "rationale",
    "replaces",
    "results",
    "reviewer",
    "segregated-from",
    "segregation",
    "segregation-effectiveness",
    "sequence",
    "severity",
    "severity-after",
    "severity-before",
    "source",
    "status",
    "steps",
    "story",
    "stride",
    "supplier",
    "support-level",
    "tags",
    "type",
    "udi-decision",
    "udi-di",
    "udi-shown",
    "units",
    "url",
    "validation",
    "verification",
    "verification-of-effectiveness",
    "verification-of-implementation",
    "version",
];

/// What the bullets under a heading hold.
#[derive(Debug, Default)]
pub(super) struct FieldList {
    pub(super) fields: Vec<Field>,
    pub(super) links: Vec<Reference>,
    /// Bullets that are no fields.
    pub(super) loose: Vec<Span>,
    /// Everything wrong, kept back until it is sure that the heading is that of an item.
    pub(super) found: Vec<Diagnostic>,
}

/// A bullet that is `key: value`.
struct Pair {
    key: SmolStr,
    key_range: Range<usize>,
    value: Range<usize>,
}

/// Reads the bullets under the heading of an item. `None` where none of them is a field: then the list is text.
pub(super) fn read(file: &SourceFile, bullets: &[Range<usize>], known: &[String]) -> Option<FieldList> {
    let pairs: Vec<Option<Pair>> = bullets.iter().map(|b| pair(&file.text, b)).collect();
    if pairs.iter().all(Option::is_none) {
        return None;
    }
    let mut list = FieldList::default();
    for (bullet, pair) in bullets.iter().zip(pairs) {
        match pair {
            Some(pair) => match pair.key.parse::<LinkType>() {
                Ok(kind) => list.references(file, kind, pair.value),
                Err(_) => list.field(file, pair, known),
            },
            None => {
                let span = trimmed(&file.text, bullet.clone());
                let d = NOT_A_FIELD.at(file.location(span), "a bullet among the fields is not `key: value`");
                list.found.push(d.help("write it as `key: value`, or below the list as text"));
                list.loose.push(span);
            }
        }
    }
    Some(list)
}

impl FieldList {
    fn field(&mut self, file: &SourceFile, pair: Pair, known: &[String]) {
        let key = pair.key.as_str();
        let is_known = KNOWN_FIELDS.binary_search(&key).is_ok() || known.iter().any(|k| k == key);
        if !is_known {
            let links = LinkType::ALL.iter().map(|l| l.as_str());
            if let Some(near) = closest(key, KNOWN_FIELDS.iter().copied().chain(links)) {
                let message = format!("field `{key}` is nearly `{near}`");
                let d = MISSPELT_FIELD.at(file.location(Span::new(pair.key_range.clone())), message);
                self.found.push(d.help(format!("write `{near}`, or list `{key}` in `[trace] fields`")));
            }
        }
        let value_span = Span::new(pair.value);
        self.fields.push(Field { key: pair.key, key_span: Span::new(pair.key_range), value_span });
    }

    fn references(&mut self, file: &SourceFile, kind: LinkType, range: Range<usize>) {
        let raw = file.text.get(range.clone()).unwrap_or("");
        let values = values::split(raw);
        if values.is_empty() {
            let d = BAD_REFERENCE.at(file.location(Span::new(range)), format!("`{kind}` names nothing"));
            self.found.push(d.help("name an id, or leave the field out"));
            return;
        }
        for (place, value) in values {
            let span = Span::new(range.start + place.start..range.start + place.end);
            let (id, stamp) = value.split_once('@').map_or((value.as_ref(), None), |(id, s)| (id, Some(s)));
            let Some(target) = ItemId::new(id) else {
                let d = BAD_REFERENCE
                    .at(file.location(span), format!("`{kind}` names `{value}`, which is no id"));
                self.found.push(d.help("write ids separated by commas, as in `SYS-004, SYS-005`"));
                continue;
            };
            let parsed = stamp.map(str::parse::<Stamp>);
            if let Some(Err(e)) = &parsed {
                let d = BAD_REFERENCE.at(file.location(span), format!("`{kind}: {id}`: {e}"));
                self.found.push(d.help(format!("write `{id}` alone, then `dossier trace confirm`")));
            }
            self.links.push(Reference { kind, target, stamp: parsed.and_then(Result::ok), span });
        }
    }
}

/// Key and value of a bullet. The key is a word of letters, digits, `-` and `_`, and a space or the end of the line
/// follows the colon, so that `https://…` is none.
fn pair(text: &str, bullet: &Range<usize>) -> Option<Pair> {
    let raw = text.get(bullet.clone())?;
    let marker = raw.trim_start();
    let body = marker.get(1..)?;
    let inner = body.trim_start();
    let (key, value) = inner.split_once(':')?;
    let mut letters = key.bytes();
    let is_word = letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if !is_word || key.len() > 64 || !(value.is_empty() || value.starts_with([' ', '\t', '\n', '\r'])) {
        return None;
    }
    let key_start = bullet.end - inner.len();
    let value_start = key_start + key.len() + 1;
    let lead = value.len() - value.trim_start().len();
    let value_range = match value.trim() {
        "" => value_start..value_start,
        filled => value_start + lead..value_start + lead + filled.len(),
    };
    let lower = key.bytes().any(|b| b.is_ascii_uppercase());
    let key_name = if lower { SmolStr::new(key.to_ascii_lowercase()) } else { SmolStr::new(key) };
    Some(Pair { key: key_name, key_range: key_start..key_start + key.len(), value: value_range })
}

fn trimmed(text: &str, range: Range<usize>) -> Span {
    let raw = text.get(range.clone()).unwrap_or("");
    let lead = raw.len() - raw.trim_start().len();
    Span::new(range.start + lead..range.start + lead + raw.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_known_fields_is_sorted() {
        assert!(KNOWN_FIELDS.is_sorted());
        assert!(KNOWN_FIELDS.iter().all(|k| k.parse::<LinkType>().is_err()));
    }

    #[test]
    fn a_bullet_is_a_field_only_with_a_word_and_a_colon_and_a_space() {
        let read =
            |raw: &str| pair(raw, &(0..raw.len())).map(|p| (p.key.to_string(), raw[p.value].to_owned()));
        let some = |k: &str, v: &str| Some((k.to_owned(), v.to_owned()));
        assert_eq!(read("- level: unit\n"), some("level", "unit"));
        assert_eq!(read("* Level:\tunit"), some("level", "unit"));
        assert_eq!(read("-   a_b-1:\n"), some("a_b-1", ""));
        assert_eq!(read("- needs:\n  - a\n  - b\n"), some("needs", "- a\n  - b"));
        assert_eq!(read("- https://example.org"), None);
        assert_eq!(read("- two words: x"), None);
        assert_eq!(read("- no field"), None);
        assert_eq!(read("-"), None);
        assert_eq!(read(""), None);
    }
}

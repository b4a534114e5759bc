//! The front matter of a document: YAML between two lines of three hyphens, all of it optional.

use crate::code::{FRONT_MATTER, UNKNOWN_FRONT_MATTER};
use diagnostics::{Diagnostic, Span, closest};
use model::SourceFile;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// What the front matter says. Values are kept as they are written (`version: 1.10` is not 1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The document's title.
    pub title: Option<String>,
    /// The kind of the file's items, or of the document.
    pub kind: Option<String>,
    /// The id of the controlled document.
    pub document: Option<String>,
    /// The role that answers for it.
    pub owner: Option<String>,
    /// The clauses that the document is evidence for.
    pub clauses: Vec<String>,
    /// Known keys that mean nothing to dossier itself: `author`, `status`, `version`, …
    pub other: BTreeMap<String, String>,
    /// Where each key stands.
    places: BTreeMap<String, Span>,
}

impl FrontMatter {
    /// Where a key stands in the file.
    pub fn place(&self, key: &str) -> Option<Span> {
        self.places.get(key).copied()
    }
}

/// Keys without a meaning of their own here.
const OTHER: [&str; 8] = ["author", "comment", "date", "language", "reviewer", "status", "tags", "version"];
const OWN: [&str; 5] = ["title", "kind", "document", "owner", "clauses"];

/// The keys as YAML gives them. Typed, because an untyped reading would turn `no` into false and `012` into 12.
#[derive(Default, Deserialize)]
struct Wire {
    title: Option<String>,
    kind: Option<String>,
    document: Option<String>,
    owner: Option<String>,
    clauses: Option<Vec<String>>,
    author: Option<String>,
    comment: Option<String>,
    date: Option<String>,
    language: Option<String>,
    reviewer: Option<String>,
    status: Option<String>,
    tags: Option<Vec<String>>,
    version: Option<String>,
}

/// Reads the front matter of a file; returns it with the offset at which the Markdown begins.
pub(crate) fn read(file: &SourceFile, found: &mut Vec<Diagnostic>) -> (FrontMatter, usize) {
    let text = &file.text;
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Some(block) = block(text, bom) else {
        if let Some(span) = unclosed(text, bom) {
            let d = FRONT_MATTER.at(file.location(span), "the front matter is never closed");
            found.push(d.help("end it with a line of three hyphens"));
        }
        return (FrontMatter::default(), bom);
    };
    let yaml = text.get(block.yaml.clone()).unwrap_or("");
    let mut front = FrontMatter { places: places(yaml, block.yaml.start), ..FrontMatter::default() };
    if !plain(yaml, &mut front) {
        // The plain reading may have taken some keys before it met one that needs YAML.
        front = FrontMatter { places: front.places, ..FrontMatter::default() };
        if let Err(d) = full(file, yaml, block.yaml.start, &mut front) {
            found.push(*d);
        }
    }
    for (key, span) in &front.places {
        if !OWN.contains(&key.as_str()) && !OTHER.contains(&key.as_str()) {
            let d = UNKNOWN_FRONT_MATTER
                .at(file.location(*span), format!("unknown key `{key}` in the front matter"));
            found.push(match closest(key, OWN.iter().chain(&OTHER).copied()) {
                Some(near) => d.help(format!("did you mean `{near}`?")),
                None => d,
            });
        }
    }
    (front, block.end)
}

struct Block {
    yaml: std::ops::Range<usize>,
    end: usize,
}

/// The block between a first line of three hyphens and the next line of three hyphens or dots.
fn block(text: &str, start: usize) -> Option<Block> {
    let mut at = start;
    let mut yaml_start = None;
    for line in text.get(start..)?.split_inclusive('\n') {
        let bare = line.trim_end();
        match yaml_start {
            None if bare == "---" => yaml_start = Some(at + line.len()),
            None => return None,
            Some(from) if bare == "---" || bare == "..." => {
                return Some(Block { yaml: from..at, end: at + line.len() });
            }
            Some(_) => {}
        }
        at += line.len();
    }
    None
}

/// The first line where it opens a front matter that never ends; a lone line of hyphens is a rule of Markdown.
fn unclosed(text: &str, start: usize) -> Option<Span> {
    let mut lines = text.get(start..)?.lines();
    let first = lines.next()?;
    let looks_like_key =
        |l: &str| OWN.iter().any(|k| l.strip_prefix(k).is_some_and(|rest| rest.starts_with(':')));
    (first.trim_end() == "---" && lines.next().is_some_and(looks_like_key))
        .then(|| Span::new(start..start + 3))
}

/// Where each top-level key stands.
fn places(yaml: &str, offset: usize) -> BTreeMap<String, Span> {
    let mut at = offset;
    let mut out = BTreeMap::new();
    for line in yaml.split_inclusive('\n') {
        if let Some((key, _)) = line.split_once(':').filter(|(k, _)| is_word(k)) {
            out.entry(key.to_owned()).or_insert_with(|| Span::new(at..at + key.len()));
        }
        at += line.len();
    }
    out
}

fn is_word(s: &str) -> bool {
    let mut bytes = s.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Reads front matter that needs no YAML parser: known keys, once each, with one plain text. Nearly all files are so, and a
/// product may have ten thousand. False where anything else occurs.
fn plain(yaml: &str, front: &mut FrontMatter) -> bool {
    let mut lines = 0;
    for line in yaml.lines() {
        let Some((key, value)) = line.split_once(": ").filter(|(k, _)| is_word(k)) else { return false };
        let value = value.trim_matches(' ');
        if !is_plain_text(value) {
            return false;
        }
        let slot = match key {
            "title" => &mut front.title,
            "kind" => &mut front.kind,
            "document" => &mut front.document,
            "owner" => &mut front.owner,
            _ => return false,
        };
        *slot = Some(value.to_owned());
        lines += 1;
    }
    lines == front.places.len()
}

/// A YAML plain scalar beyond doubt, and not one that means null.
fn is_plain_text(s: &str) -> bool {
    s.starts_with(|c: char| c.is_ascii_alphabetic())
        && s.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'.' | b'/' | b'(' | b')'))
        && !s.eq_ignore_ascii_case("null")
}

/// Reads front matter as YAML.
fn full(
    file: &SourceFile,
    yaml: &str,
    offset: usize,
    front: &mut FrontMatter,
) -> Result<(), Box<Diagnostic>> {
    if yaml.trim().is_empty() {
        return Ok(());
    }
    let fail = |e: serde_saphyr::Error| {
        let line = e.location().map_or(1, |l| l.line()).max(1);
        let start: usize = yaml.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
        let message = e.without_snippet().to_string();
        let reason = message.lines().next().unwrap_or("").trim();
        let place = file.location(Span::new(offset + start..offset + start));
        Box::new(FRONT_MATTER.at(place, format!("front matter: {reason}")).help("mend the YAML"))
    };
    let options = || serde_saphyr::options! { strict_booleans: true };
    let keys: Option<BTreeMap<String, IgnoredAny>> =
        serde_saphyr::from_str_with_options(yaml, options()).map_err(fail)?;
    if keys.is_none() {
        return Ok(());
    }
    let wire: Wire = serde_saphyr::from_str_with_options(yaml, options()).map_err(fail)?;
    front.title = wire.title;
    front.kind = wire.kind;
    front.document = wire.document;
    front.owner = wire.owner;
    front.clauses = wire.clauses.unwrap_or_default();
    let other = [
        ("author", wire.author),
        ("comment", wire.comment),
        ("date", wire.date),
        ("language", wire.language),
        ("reviewer", wire.reviewer),
        ("status", wire.status),
        ("tags", wire.tags.map(|t| t.join(", "))),
        ("version", wire.version),
    ];
    for (key, value) in other {
        if let Some(value) = value {
            front.other.insert(key.to_owned(), value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (FrontMatter, usize, Vec<String>) {
        let mut found = Vec::new();
        let (front, start) = read(&SourceFile::new("f.md", text.to_owned()), &mut found);
        (front, start, found.iter().map(|d| format!("{} {}", d.location, d.message)).collect())
    }

    #[test]
    fn plain_and_full_reading_agree() {
        let (plain, at, found) =
            of("---\ntitle: A plan\nkind: software-requirement\nowner: software-lead\n---\n# x");
        assert_eq!((plain.title.as_deref(), at, found.len()), (Some("A plan"), 70, 0));
        let (full, _, found) =
            of("---\ntitle: \"A plan\"\nkind: 'software-requirement'\nowner: software-lead\n---\n# x");
        assert_eq!(
            (&full.title, &full.kind, &full.owner, found.len()),
            (&plain.title, &plain.kind, &plain.owner, 0)
        );
    }

    #[test]
    fn values_stay_as_written() {
        let (f, _, found) = of(
            "---\ntitle: no\nversion: 1.10\nclauses: [62304:5.1.1, \"62304:5.1.2\"]\ndocument: DOC-1\n---\n",
        );
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(f.title.as_deref(), Some("no"));
        assert_eq!(f.other.get("version").map(String::as_str), Some("1.10"));
        assert_eq!(f.clauses, ["62304:5.1.1", "62304:5.1.2"]);
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        assert_eq!(of("---\ntitel: x\n---\n").2, ["f.md:2:1 unknown key `titel` in the front matter"]);
        assert_eq!(of("---\ntitle: x\n").2, ["f.md:1:1 the front matter is never closed"]);
        assert!(of("---\n\ntext\n").2.is_empty());
        let twice = of("---\ntitle: a\ntitle: b\n---\n").2;
        assert!(twice.len() == 1 && twice[0].starts_with("f.md:"), "{twice:?}");
        let broken = of("---\ntitle: [a\n---\n").2;
        assert!(broken.len() == 1 && broken[0].contains("front matter"), "{broken:?}");
        assert_eq!(of("---\ntitle: {a: b}\n---\n").2.len(), 1);
        assert!(of("---\n# only a comment\n---\n").2.is_empty());
        assert!(of("---\n---\n").2.is_empty());
        assert_eq!(of("\u{feff}---\ntitle: x\n---\n").0.title.as_deref(), Some("x"));
    }
}

//! From the text of one file to items, by the rules of `docs/formats/documents.md`.

mod fields;
mod items;
mod outline;
mod paths;

pub use fields::KNOWN_FIELDS;
pub(crate) use items::content_digest;

use crate::code::{BAD_DOCUMENT_ID, KIND_WITHOUT_ITEMS, UNKNOWN_KIND};
use crate::{Document, FrontMatter, front_matter};
use diagnostics::{Diagnostic, Span, closest};
use model::{Embedded, Item, Kind, SourceFile};
use std::collections::BTreeMap;
use std::sync::Arc;
use vocabulary::ItemId;

/// The kinds that id prefixes stand for: the built-in ones and those of `[kinds]`, and which further fields are known.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    mapped: BTreeMap<String, Kind>,
    fields: Vec<String>,
}

impl Kinds {
    /// The kinds of a configuration, with a diagnostic for each prefix that it maps to no built-in kind.
    pub fn of(config: &product::Config) -> (Kinds, Vec<Diagnostic>) {
        let mut kinds = Kinds { mapped: BTreeMap::new(), fields: config.trace.fields.clone() };
        let mut found = Vec::new();
        for (prefix, word) in &config.kinds {
            match word.parse::<Kind>() {
                Ok(kind) => {
                    kinds.mapped.insert(prefix.clone(), kind);
                }
                Err(e) => {
                    let d = UNKNOWN_KIND.at(config.place(&format!("kinds.{prefix}")), e.to_string());
                    found.push(d.help(kind_help(word)));
                }
            }
        }
        (kinds, found)
    }

    /// The kind that a prefix is mapped to, or has built in.
    pub fn of_prefix(&self, prefix: &str) -> Option<Kind> {
        self.mapped.get(prefix).copied().or_else(|| Kind::of_prefix(prefix))
    }
}

/// What one file holds.
#[derive(Debug)]
pub struct Parsed {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its front matter.
    pub front: FrontMatter,
    /// Its items, in order.
    pub items: Vec<Item>,
    /// The controlled document that it is.
    pub document: Option<Document>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// Local files that the text outside the items embeds.
    pub(crate) embedded: Vec<Embedded>,
}

/// Reads one document. Embedded files are not looked up: their digests are none until [`crate::from_blobs`] or
/// [`crate::read_worktree`] know the tree.
pub fn parse_text(path: &str, text: String, kinds: &Kinds) -> Parsed {
    let file = Arc::new(SourceFile::new(path, text));
    let mut found = Vec::new();
    let (front, start) = front_matter::read(&file, &mut found);
    let stated = stated_kind(&file, &front, &mut found);
    let outline = outline::outline(&file.text, start);
    let read = items::read(&file, &outline, stated, kinds, &mut found);
    if let Some(kind) = stated.filter(|_| read.items.is_empty()) {
        let place = front.place("kind").unwrap_or_default();
        let message = format!("the file states the kind `{kind}` and has no item");
        let help =
            format!("begin a heading with an id, as in `## {}-1 Title`, or leave `kind` out", kind.prefix());
        found.push(KIND_WITHOUT_ITEMS.at(file.location(place), message).help(help));
    }
    let mut parsed = Parsed {
        document: None,
        file,
        front,
        items: read.items,
        diagnostics: found,
        embedded: read.embedded,
    };
    parsed.document = document(&mut parsed, &outline, start);
    parsed
}

/// The kind of the file's items, where the front matter states one. A controlled document may state a kind of document
/// instead.
fn stated_kind(file: &SourceFile, front: &FrontMatter, found: &mut Vec<Diagnostic>) -> Option<Kind> {
    let word = front.kind.as_deref()?;
    match word.parse() {
        Ok(kind) => Some(kind),
        Err(_) if front.document.is_some() => None,
        Err(e) => {
            let place = front.place("kind").unwrap_or_default();
            found.push(UNKNOWN_KIND.at(file.location(place), e.to_string()).help(kind_help(word)));
            None
        }
    }
}

fn kind_help(word: &str) -> String {
    match closest(word, Kind::ALL.iter().map(|k| k.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<&str> = Kind::ALL.iter().map(|k| k.as_str()).collect();
            format!("write one of `{}`", all.join("`, `"))
        }
    }
}

/// The controlled document that a file is, where its front matter says so.
fn document(parsed: &mut Parsed, outline: &outline::Outline, start: usize) -> Option<Document> {
    let word = parsed.front.document.as_deref()?;
    let Some(id) = ItemId::new(word) else {
        let place = parsed.front.place("document").unwrap_or_default();
        let message = format!("`{word}` is no id of a document");
        let d = BAD_DOCUMENT_ID.at(parsed.file.location(place), message).help("write an id as in `DOC-SDP`");
        parsed.diagnostics.push(d);
        return None;
    };
    let text = &parsed.file.text;
    let first_heading = outline.headings.first().map(|h| text.get(h.content.clone()).unwrap_or(""));
    let title = parsed.front.title.clone().or_else(|| first_heading.map(str::to_owned)).unwrap_or_default();
    let prose_end = parsed.items.first().map_or(text.len(), |i| i.span.start as usize);
    Some(Document {
        id,
        title,
        kind: parsed.front.kind.clone(),
        front: parsed.front.clone(),
        file: parsed.file.clone(),
        prose: Span::new(start..prose_end.max(start)),
        sections: crate::controlled::sections(text, outline_sections(outline, &parsed.items)),
        digest: vocabulary::Digest([0; 32]),
    })
    .map(|mut d| {
        d.seal(&parsed.items, &parsed.embedded);
        d
    })
}

/// Level, range, content of each heading, and whether it is that of an item.
fn outline_sections(outline: &outline::Outline, items: &[Item]) -> Vec<crate::controlled::HeadingPlace> {
    let mut items = items.iter().map(|i| i.heading.start).peekable();
    let place = |h: &outline::Heading| {
        let is_item = items.next_if_eq(&Span::new(h.range.clone()).start).is_some();
        crate::controlled::HeadingPlace {
            level: h.level,
            range: h.range.clone(),
            content: h.content.clone(),
            is_item,
        }
    };
    outline.headings.iter().map(place).collect()
}

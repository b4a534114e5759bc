//! Items and the files that they stand in. An item holds ranges into its file's text, so a large product costs little
//! more memory than its documents.

use crate::{Kind, Reference};
use diagnostics::{LineIndex, Location, Span};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use vocabulary::{Digest, ItemId};

/// The place of an item in [`crate::Model::items`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemIx(pub u32);

/// A text file of the product.
#[derive(Debug)]
pub struct SourceFile {
    /// The path, relative to the product's root, with `/`.
    pub path: Arc<str>,
    /// The text.
    pub text: String,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file.
    pub fn new(path: impl Into<Arc<str>>, text: String) -> SourceFile {
        SourceFile { path: path.into(), text, lines: OnceLock::new() }
    }

    /// The place of a span. Lines are counted when somebody first asks.
    pub fn location(&self, span: Span) -> Location {
        let (line, column) = self.position(span.start);
        Location::File { path: self.path.clone(), span, line, column }
    }

    /// Line and column of a byte offset, from 1.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        self.lines.get_or_init(|| LineIndex::new(&self.text)).position(&self.text, offset as usize)
    }
}

/// An item of the controlled documents.
#[derive(Clone, Debug)]
pub struct Item {
    /// The id.
    pub id: ItemId,
    /// What it is.
    pub kind: Kind,
    /// The file that it stands in.
    pub file: Arc<SourceFile>,
    /// The whole heading.
    pub heading: Span,
    /// The id in the heading.
    pub id_span: Span,
    /// The rest of the heading.
    pub title_span: Span,
    /// What stands below the fields, up to the next item heading.
    pub text_span: Span,
    /// From the heading to the next item heading.
    pub span: Span,
    /// The fields that are no links, in the order of the file.
    pub fields: Vec<Field>,
    /// Bullets of the field list that are no fields. They count as text.
    pub loose: Vec<Span>,
    /// The links.
    pub links: Vec<Reference>,
    /// The parts of the text: below a sub-heading or behind a bold label.
    pub parts: Vec<Part>,
    /// Local files that the text embeds, with their digests, sorted by path.
    pub embedded: Vec<Embedded>,
    /// The content digest (docs/formats/documents.md).
    pub digest: Digest,
}

/// A field of an item that is no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub key: SmolStr,
    /// Where the name stands.
    pub key_span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

/// A part of an item's text: `### Expected`, or a paragraph that begins with `**Expected:**`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in lower case, without a colon.
    pub name: SmolStr,
    /// What stands below or behind it, up to the next part or the end of the item.
    pub body: Span,
}

/// A local file that an item's text embeds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Embedded {
    /// The path, relative to the product's root.
    pub path: String,
    /// The file's digest; none where it is missing or lies outside the product.
    pub digest: Option<Digest>,
    /// Where it is named.
    pub span: Span,
}

impl Item {
    /// The title as written.
    pub fn title(&self) -> &str {
        self.title_span.of(&self.file.text)
    }

    /// The text below the fields, as written, without leading and trailing blank lines.
    pub fn text(&self) -> &str {
        self.text_span.of(&self.file.text).trim_matches(['\n', '\r'])
    }

    /// The heading's place.
    pub fn location(&self) -> Location {
        self.file.location(self.heading)
    }

    /// The line of the heading, from 1.
    pub fn line(&self) -> u32 {
        self.file.position(self.heading.start).0
    }

    /// The place of a span in the item's file.
    pub fn location_of(&self, span: Span) -> Location {
        self.file.location(span)
    }

    /// The first field of this name.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// The value of the first field of this name, with white space made single and outer quotes taken off. An empty field
    /// is some empty text: empty is not none.
    pub fn value(&self, key: &str) -> Option<Cow<'_, str>> {
        self.field(key).map(|f| self.value_of(f))
    }

    /// The value of a field.
    pub fn value_of(&self, field: &Field) -> Cow<'_, str> {
        crate::values::single(field.value_span.of(&self.file.text))
    }

    /// The values of all fields of this name, split at commas and nested bullets. Quotes protect a comma.
    pub fn values(&self, key: &str) -> Vec<Cow<'_, str>> {
        let fields = self.fields.iter().filter(|f| f.key == key);
        fields.flat_map(|f| crate::values::split(f.value_span.of(&self.file.text))).map(|(_, v)| v).collect()
    }

    /// What the item says under a name: the value of that field, or else the text of that part. `steps` and `expected` of a
    /// test case may be either.
    pub fn part(&self, name: &str) -> Option<Cow<'_, str>> {
        self.value(name).or_else(|| {
            let part = self.parts.iter().find(|p| p.name == name)?;
            Some(Cow::Borrowed(part.body.of(&self.file.text).trim()))
        })
    }
}

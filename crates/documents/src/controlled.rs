//! Controlled documents: files with `document: DOC-…` in their front matter.

use crate::FrontMatter;
use diagnostics::{Location, Span};
use model::digest::Lines;
use model::{Embedded, Item, SourceFile};
use std::ops::Range;
use std::sync::Arc;
use vocabulary::{Digest, ItemId};

/// A controlled document: a plan, a report, a manual, or a list of items.
#[derive(Clone, Debug)]
pub struct Document {
    /// The id, `DOC-SDP`.
    pub id: ItemId,
    /// The title: from the front matter, else the first heading; empty where there is neither.
    pub title: String,
    /// The `kind` of the front matter as written: a kind of item, or of document (`software-development-plan`).
    pub kind: Option<String>,
    /// The front matter.
    pub front: FrontMatter,
    /// The file.
    pub file: Arc<SourceFile>,
    /// What stands before the first item; all of it where there is none.
    pub prose: Span,
    /// The parts below each heading that is not that of an item.
    pub sections: Vec<Section>,
    /// The digest that approvals bind to: id, title, kind, prose and items, without stamps and non-normative fields
    /// (docs/formats/documents.md).
    pub digest: Digest,
}

/// A heading and what stands below it, up to the next heading of any level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The level of the heading, 1 to 6.
    pub level: u8,
    /// The title in the file.
    pub title: Span,
    /// What stands below the heading.
    pub body: Span,
    /// Whether a heading of a deeper level or an item follows directly, so that an empty body is no gap.
    pub has_parts: bool,
}

/// A heading, as `parse` hands it over.
pub(crate) struct HeadingPlace {
    pub(crate) level: u8,
    pub(crate) range: Range<usize>,
    pub(crate) content: Range<usize>,
    pub(crate) is_item: bool,
}

/// The sections of a text by its headings.
pub(crate) fn sections(text: &str, headings: Vec<HeadingPlace>) -> Vec<Section> {
    let mut out = Vec::new();
    let mut rest = headings.iter().peekable();
    while let Some(h) = rest.next() {
        let next = rest.peek();
        let end = next.map_or(text.len(), |n| n.range.start);
        if !h.is_item {
            out.push(Section {
                level: h.level,
                title: Span::new(h.content.clone()),
                body: Span::new(h.range.end..end.max(h.range.end)),
                has_parts: next.is_some_and(|n| n.is_item || n.level > h.level),
            });
        }
    }
    out
}

impl Document {
    /// Where the document begins.
    pub fn location(&self) -> Location {
        self.file.location(Span::default())
    }

    /// The title of a section.
    pub fn title_of(&self, section: &Section) -> &str {
        section.title.of(&self.file.text)
    }

    /// The text of a section.
    pub fn body_of(&self, section: &Section) -> &str {
        section.body.of(&self.file.text).trim()
    }

    /// The text before the first item, without front matter.
    pub fn prose(&self) -> &str {
        self.prose.of(&self.file.text).trim()
    }

    /// Computes the digest from the document's items and what its prose embeds.
    pub(crate) fn seal(&mut self, items: &[Item], embedded: &[Embedded]) {
        let mut lines = Lines::default();
        lines.line(self.id.as_str());
        lines.line(self.kind.as_deref().unwrap_or(""));
        lines.line(&self.title);
        lines.text(self.prose.of(&self.file.text));
        for item in items {
            lines.line(&format!("{} {}", item.id, item.digest));
            for link in &item.links {
                lines.line(&format!("{}: {}", link.kind, link.target));
            }
        }
        lines.embedded(embedded.iter().map(|e| (e.path.as_str(), e.digest)));
        self.digest = lines.digest();
    }
}

//! Controlled documents: files with `document: DOC-…` in their front matter.

use crate::FrontMatter;
use diagnostics::{Location, Span};
use model::SourceFile;
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
    /// The digest that approvals bind to: id, title, kind, prose and items, without stamps and non-normative fields.
    pub digest: Digest,
    /// The parts below each heading.
    pub sections: Vec<Section>,
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
    /// Whether a heading of a deeper level follows directly, so that an empty body is no gap.
    pub has_parts: bool,
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
}

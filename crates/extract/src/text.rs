//! What was read of a file, or why it was not.

use crate::format::Format;
use serde::{Deserialize, Serialize};

/// The text of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What the file is.
    pub format: Format,
    /// Its title by its properties or first heading.
    pub title: Option<String>,
    /// Document properties: name and value, as the format names them.
    pub properties: Vec<(String, String)>,
    /// The text in reading order.
    pub blocks: Vec<Block>,
    /// Number of pages; 0 where the format has none.
    pub pages: u32,
    /// What a reader must know: pages without text layer, tracked changes, text that was cut.
    pub notes: Vec<String>,
}

impl Text {
    /// Adds a block unless it is blank.
    pub(crate) fn push(&mut self, part: Part, text: impl Into<String>, page: u32) {
        let text = tidy(&text.into());
        if !text.is_empty() {
            self.blocks.push(Block { part, text, cells: Vec::new(), page });
        }
    }

    /// Adds a row of a table unless all of its cells are blank; a row of one cell is a paragraph.
    pub(crate) fn push_row(&mut self, cells: Vec<String>, page: u32) {
        let cells: Vec<String> = cells.iter().map(|c| tidy(c)).collect();
        if cells.iter().all(String::is_empty) {
            return;
        }
        let text = cells.join(" | ");
        self.blocks.push(Block { part: Part::Row, text, cells, page });
    }

    /// Characters of all blocks, white space included.
    pub fn characters(&self) -> usize {
        self.blocks.iter().map(|b| b.text.chars().count()).sum()
    }

    /// Takes the first heading for the title where the properties name none.
    pub(crate) fn title_from_heading(&mut self) {
        if self.title.as_ref().is_none_or(|t| t.trim().is_empty()) {
            self.title =
                self.blocks.iter().find(|b| matches!(b.part, Part::Heading(_))).map(|b| b.text.clone());
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is in its document.
    pub part: Part,
    /// The text, white space runs as one space; cells of a row joined by ` | `.
    pub text: String,
    /// The cells of a row; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// The page from 1, the slide, or the sheet's number; 0 where the format has none.
    #[serde(default)]
    pub page: u32,
}

/// What a block is in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A heading, 1 the highest.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A point of a list.
    Item,
    /// A row of a table.
    Row,
    /// A header of pages.
    Header,
    /// A footer of pages.
    Footer,
    /// A reviewer's comment.
    Comment,
    /// Text that tracked changes struck: it is not in force.
    Deleted,
    /// A quotation, a note of a template's author, a foot note.
    Quote,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{}{detail}", reason.words(), if detail.is_empty() { "" } else { ": " })]
pub struct Unread {
    /// The reason.
    pub reason: Reason,
    /// More of it; may be empty.
    pub detail: String,
}

impl Unread {
    /// A reason with more of it.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Unread {
        Unread { reason, detail: detail.into() }
    }
}

/// A reason why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It asks for a password.
    Encrypted,
    /// Its bytes are not what the format asks for.
    Broken,
    /// A format without a reader.
    Unsupported,
    /// Larger than the limit.
    TooLarge,
    /// It unpacks to far more than a document holds.
    Bomb,
    /// It took longer than the limit.
    TimedOut,
    /// It took more memory than the limit.
    OutOfMemory,
    /// Its pages are pictures, and no OCR is at hand.
    NoTextLayer,
    /// A pointer to a document that lives in a cloud.
    Pointer,
    /// The file system refuses it.
    PermissionDenied,
    /// It was there and is gone, or its bytes changed while it was read.
    Changed,
    /// A link that leaves the folder, or a device, pipe or socket.
    NotAFile,
    /// A file, or something like one, that holds no document: a lock file, a shortcut, a notebook.
    NoDocument,
    /// The service that holds it did not hand it out: a token that ended, too many requests, a network that broke.
    NotHandedOut,
    /// It is empty.
    Empty,
    /// The reader itself failed on it.
    ReaderFailed,
}

impl Reason {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Reason::Encrypted => "it is protected by a password",
            Reason::Broken => "it is broken",
            Reason::Unsupported => "its format has no reader",
            Reason::TooLarge => "it is too large",
            Reason::Bomb => "it unpacks to far more than a document holds",
            Reason::TimedOut => "reading took too long",
            Reason::OutOfMemory => "reading took too much memory",
            Reason::NoTextLayer => "it has no text layer",
            Reason::Pointer => "it is a pointer to a document elsewhere",
            Reason::PermissionDenied => "the file system refuses to open it",
            Reason::Changed => "it changed or vanished during the review",
            Reason::NotAFile => "it is no regular file inside the folder",
            Reason::NoDocument => "it is no document",
            Reason::NotHandedOut => "it could not be downloaded",
            Reason::Empty => "it is empty",
            Reason::ReaderFailed => "the reader failed",
        }
    }
}

/// White space runs as one space, trimmed; characters that nobody sees (soft hyphen, zero width, controls) gone.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
        } else if c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
        {
            continue;
        } else {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

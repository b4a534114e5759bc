//! Blocks: what a report is made of, before it is Markdown, HTML or PDF.

use serde::Serialize;
use views::{Digest, Ref, Seat, Verdict};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", content = "of", rename_all = "kebab-case")]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Text that a person or tool typed exactly so: a path, a command.
    Code(String),
    /// Text of weight.
    Strong(Vec<Inline>),
    /// Emphasised text.
    Emphasis(Vec<Inline>),
    /// Text that was struck.
    Struck(Vec<Inline>),
    /// Text with an address outside of the document.
    Link {
        /// The text.
        text: Vec<Inline>,
        /// The address, always `http`, `https` or `mailto`.
        url: String,
    },
    /// An id.
    Ref(Ref),
    /// A status: shape, word and colour.
    Status(Verdict),
    /// A digest, whole.
    Digest(Digest),
    /// Text of less weight.
    Soft(String),
    /// A picture of the document, by the path that it writes.
    Picture {
        /// The path.
        path: String,
        /// What it shows, in words.
        alt: String,
    },
    /// A line break.
    Break,
}

/// How a column is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At its start.
    #[default]
    Start,
    /// At its end: numbers.
    End,
    /// In the middle.
    Middle,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub title: String,
    /// Its share of the width; 0 takes what its content needs.
    pub share: u16,
    /// How it is set.
    pub align: Align,
}

impl Column {
    /// A column that takes `share` parts of the width.
    pub fn new(title: &str, share: u16) -> Column {
        Column { title: title.to_owned(), share, align: Align::Start }
    }

    /// The same, set at its end.
    pub fn end(mut self) -> Column {
        self.align = Align::End;
        self
    }
}

/// A cell: a line, or several with breaks.
pub type Cell = Vec<Inline>;

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 to 4.
        level: u8,
        /// The number before it, `5.8.3`; empty for none.
        number: String,
        /// The text.
        text: Vec<Inline>,
        /// The status beside it.
        status: Option<Verdict>,
    },
    /// A paragraph.
    Paragraph {
        /// The text.
        text: Vec<Inline>,
    },
    /// A list.
    List {
        /// The number of the first point, or none for bullets.
        start: Option<u64>,
        /// The points.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
    },
    /// Text in its own layout.
    Code {
        /// The text.
        text: String,
        /// The language; empty when unknown.
        language: String,
    },
    /// Names with values.
    Facts {
        /// The rows.
        rows: Vec<(String, Cell)>,
    },
    /// A table.
    Table {
        /// The columns.
        columns: Vec<Column>,
        /// The rows, each as long as `columns`.
        rows: Vec<Vec<Cell>>,
        /// What is said when there are no rows: a statement, never an empty table.
        empty: String,
    },
    /// A verdict with its reason.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// It in words.
        headline: String,
        /// Why.
        reason: String,
    },
    /// A finding or a warning inside the text.
    Callout {
        /// Its status.
        verdict: Verdict,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// The seats for signatures, with all that a signature must show.
    Signatures {
        /// The seats, in the order of signing.
        seats: Vec<Seat>,
    },
    /// A line across.
    Rule,
    /// A new page, where there are pages.
    PageBreak,
}

/// Short names for pieces of lines.
pub mod inline {
    use views::{Digest, Ref, Verdict};

    use super::{Cell, Inline};

    /// Plain text.
    pub fn text(text: impl Into<String>) -> Inline {
        Inline::Text(text.into())
    }

    /// Text of less weight.
    pub fn soft(text: impl Into<String>) -> Inline {
        Inline::Soft(text.into())
    }

    /// A path, a command.
    pub fn code(text: impl Into<String>) -> Inline {
        Inline::Code(text.into())
    }

    /// Text of weight.
    pub fn strong(text: impl Into<String>) -> Inline {
        Inline::Strong(vec![Inline::Text(text.into())])
    }

    /// A cell of plain text.
    pub fn cell(text: impl Into<String>) -> Cell {
        vec![Inline::Text(text.into())]
    }

    /// A sentence whose names stand between backticks, as messages of rules have them.
    pub fn words(text: &str) -> Cell {
        worded(text, self::text)
    }

    /// The same, with weight.
    pub fn strong_words(text: &str) -> Inline {
        Inline::Strong(words(text))
    }

    fn worded(text: &str, plain: fn(String) -> Inline) -> Cell {
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            // A backtick without its partner is a backtick.
            return vec![plain(text.to_owned())];
        }
        let part =
            |(i, part): (usize, &&str)| if i % 2 == 1 { code(*part) } else { plain((*part).to_owned()) };
        parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).map(part).collect()
    }

    /// A cell that holds an id.
    pub fn id(id: &Ref) -> Cell {
        vec![Inline::Ref(id.clone())]
    }

    /// A cell that holds a status, with a remark below it when there is one.
    pub fn status(verdict: Verdict, remark: &str) -> Cell {
        let mut cell = vec![Inline::Status(verdict)];
        if !remark.is_empty() {
            cell.push(Inline::Break);
            cell.extend(worded(remark, soft));
        }
        cell
    }

    /// A cell that holds a digest, or a dash.
    pub fn digest(digest: Option<Digest>) -> Cell {
        vec![digest.map_or_else(|| soft("–"), Inline::Digest)]
    }

    /// Ids in a cell, by commas.
    pub fn ids<'a>(ids: impl IntoIterator<Item = &'a Ref>) -> Cell {
        let mut cell = Cell::new();
        for id in ids {
            if !cell.is_empty() {
                cell.push(text(", "));
            }
            cell.push(Inline::Ref(id.clone()));
        }
        if cell.is_empty() {
            cell.push(soft("–"));
        }
        cell
    }
}

//! Places: spans of text, and what else a finding can point at.

use std::fmt;
use std::sync::Arc;

/// A range of bytes in a text file. Files beyond 4 GB are refused before anybody counts in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span of `range`. Offsets beyond `u32` are clamped.
    pub fn new(range: std::ops::Range<usize>) -> Span {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: clamp(range.start), end: clamp(range.end) }
    }

    /// The span as a range of `usize`.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text at this span; empty where it does not lie in `text` or cuts a character.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }
}

/// What a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A place in a file of the product.
    File {
        /// The path, relative to the product's root, with `/`.
        path: Arc<str>,
        /// The bytes meant.
        span: Span,
        /// The line of the span's start, from 1.
        line: u32,
        /// The column of the span's start, in characters from 1.
        column: u32,
    },
    /// A record's field: an anomaly, a change, a release.
    Record {
        /// The record's id, `AN-7`.
        id: String,
        /// Its revision, where it has several.
        revision: Option<String>,
        /// The field meant; empty for the whole record.
        field: String,
    },
    /// An entry of the ledger.
    LedgerEntry {
        /// The entry's number, from 0.
        seq: u64,
        /// The field meant; empty for the whole entry.
        field: String,
    },
    /// A file in an archive.
    Archive {
        /// The digest of the release's manifest or of the blob.
        digest: String,
        /// The path inside.
        path: String,
    },
    /// Something elsewhere: a tracker's issue, a supplier's page.
    External {
        /// Where.
        url: String,
    },
}

impl Location {
    /// The start of a file, or the whole of it.
    pub fn file(path: impl Into<Arc<str>>) -> Location {
        Location::File { path: path.into(), span: Span::default(), line: 1, column: 1 }
    }

    /// A span in a file whose text is at hand.
    pub fn in_text(path: impl Into<Arc<str>>, text: &str, span: Span) -> Location {
        let (line, column) = LineIndex::line_column(text, span.start as usize);
        Location::File { path: path.into(), span, line, column }
    }

    /// A whole record.
    pub fn record(id: impl Into<String>) -> Location {
        Location::Record { id: id.into(), revision: None, field: String::new() }
    }

    /// A whole entry of the ledger.
    pub fn entry(seq: u64) -> Location {
        Location::LedgerEntry { seq, field: String::new() }
    }

    /// The file, where it is one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Location::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// File and line of a place in a file.
    pub fn file_line(&self) -> Option<(&str, u32)> {
        match self {
            Location::File { path, line, .. } => Some((path, *line)),
            _ => None,
        }
    }
}

/// One line for people: `dossier/soup/x.md:7:3`, `record AN-7, field state`, `ledger entry 42`, `archive …`, or the URL.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File { path, line, column, .. } => write!(f, "{path}:{line}:{column}"),
            Location::Record { id, revision, field } => {
                write!(f, "record {id}")?;
                if let Some(revision) = revision {
                    write!(f, " revision {revision}")?;
                }
                if field.is_empty() { Ok(()) } else { write!(f, ", field {field}") }
            }
            Location::LedgerEntry { seq, field } => {
                write!(f, "ledger entry {seq}")?;
                if field.is_empty() { Ok(()) } else { write!(f, ", field {field}") }
            }
            Location::Archive { digest, path } => write!(f, "archive {digest}, {path}"),
            Location::External { url } => f.write_str(url),
        }
    }
}

/// The starts of the lines of a text, to turn byte offsets into lines and columns. Lines end at LF, CR LF or a lone CR,
/// as CommonMark has them.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, b) in bytes.iter().enumerate() {
            if *b == b'\n' || (*b == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
            }
        }
        LineIndex { starts }
    }

    /// Line and column (characters) of a byte offset, both from 1. Offsets past the end count as the end, offsets inside a
    /// character as its start.
    pub fn position(&self, text: &str, offset: usize) -> (u32, u32) {
        let offset = floor_boundary(text, offset);
        let line = self.starts.partition_point(|s| *s as usize <= offset).max(1);
        let start = self.starts.get(line - 1).map_or(0, |s| *s as usize);
        let column = text.get(start..offset).map_or(0, characters);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }

    /// Line and column of one offset, without an index: for the odd single question.
    pub fn line_column(text: &str, offset: usize) -> (u32, u32) {
        LineIndex::new(text.get(..floor_boundary(text, offset)).unwrap_or("")).position(text, offset)
    }
}

/// The number of characters; most text is ASCII, where it is the number of bytes.
fn characters(s: &str) -> usize {
    if s.is_ascii() { s.len() } else { s.chars().count() }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "ab\r\ncäd\re\n\nf";
        let index = LineIndex::new(text);
        let at = |needle: &str| index.position(text, text.find(needle).unwrap());
        assert_eq!(at("ab"), (1, 1));
        assert_eq!(at("c"), (2, 1));
        assert_eq!(at("d"), (2, 3));
        assert_eq!(at("e"), (3, 1));
        assert_eq!(at("f"), (5, 1));
        assert_eq!(index.position(text, 999), (5, 2));
        assert_eq!(LineIndex::line_column("", 0), (1, 1));
    }

    proptest! {
        #[test]
        fn the_index_and_the_single_question_agree(text in ".{0,80}", offset in 0usize..200) {
            prop_assert_eq!(LineIndex::new(&text).position(&text, offset), LineIndex::line_column(&text, offset));
        }
    }
}

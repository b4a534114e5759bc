//! What a reader makes of a lock file or an SBOM: components, and everything that is wrong with it.

use diagnostics::{Location, Span};
use model::components::{ComponentGraph, SourceLine};

/// Components as read from one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// What is there.
    pub graph: ComponentGraph,
    /// What is wrong with the file, in order of place.
    pub problems: Vec<Problem>,
}

impl Inventory {
    /// The inventory of a file that cannot be read at all.
    pub(crate) fn unreadable(file: &str, line: u32, cause: Cause) -> Inventory {
        let source = SourceLine { file: file.to_owned(), line };
        Inventory { graph: ComponentGraph::default(), problems: vec![Problem { cause, source }] }
    }

    /// The components, and a problem where there are none: an empty list is not "no SOUP".
    pub(crate) fn finished(file: &str, graph: ComponentGraph, mut problems: Vec<Problem>) -> Inventory {
        problems.sort_by_key(|p| p.source.line);
        if graph.is_empty() {
            let source = SourceLine { file: file.to_owned(), line: 0 };
            problems.push(Problem { cause: Cause::NoComponents, source });
        }
        Inventory { graph, problems }
    }
}

/// Something wrong with a lock file or an SBOM, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub cause: Cause,
    /// Where; line 0 where the whole file is meant.
    pub source: SourceLine,
}

impl Problem {
    /// The place in the file.
    pub fn location(&self) -> Location {
        let line = self.source.line.max(1);
        Location::File { path: self.source.file.as_str().into(), span: Span::default(), line, column: 1 }
    }
}

/// What is wrong with a lock file or an SBOM.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// More bytes than are read.
    #[error("the file has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are read.
        limit: usize,
    },
    /// More components than are read.
    #[error("the file has more components than the {limit} that are read; split it")]
    TooMany {
        /// How many are read.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the file is no text in UTF-8")]
    NotText,
    /// No TOML, no JSON, or not of the shape that the format has.
    #[error("the file is no {format}: {reason}")]
    Malformed {
        /// The format that it was read as.
        format: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// A document that breaks the rules of its own format: the place and what is wrong.
    #[error("it is no valid document of its format: {0}")]
    Invalid(String),
    /// A format that is not read, or a version of it that is not.
    #[error("{0} is not read")]
    Unsupported(String),
    /// The file has no component at all.
    #[error("the file has no component")]
    NoComponents,
    /// A dependency that is not among the components.
    #[error("`{component}` needs `{wanted}`, which the file does not have")]
    MissingDependency {
        /// Who needs it.
        component: String,
        /// What is needed, as written.
        wanted: String,
    },
    /// A digest that is no digest.
    #[error("`{component}` has `{value}` as its digest, which is none")]
    BadDigest {
        /// Whose digest.
        component: String,
        /// What is written.
        value: String,
    },
    /// A component without a version (62304 8.1.2).
    #[error("`{component}` has no version")]
    NoVersion {
        /// Which one.
        component: String,
    },
    /// A version, tag or range that designates no one version (62304 8.1.2).
    #[error("`{component}` is given as `{written}`, which designates no one version")]
    NotPinned {
        /// Which one.
        component: String,
        /// What is written.
        written: String,
    },
    /// Components that the file only points to: what is not shown is not looked up.
    #[error("`{component}` brings in components that stand in {place} and not in this file")]
    Elsewhere {
        /// Who brings them in.
        component: String,
        /// Where they stand, and how to have them written out.
        place: &'static str,
    },
    /// The same component with another content.
    #[error("`{component}` is there twice, with different digests")]
    TwoContents {
        /// Which one.
        component: String,
    },
    /// The same key or reference twice.
    #[error("`{0}` is there twice")]
    Twice(String),
}

/// Largest file that is read: 256 MiB.
pub(crate) const BYTES_MAX: usize = 256 << 20;

/// The text of a file, or why it cannot be read.
pub(crate) fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Inventory> {
    if bytes.len() > BYTES_MAX {
        let cause = Cause::TooLarge { bytes: bytes.len(), limit: BYTES_MAX };
        return Err(Inventory::unreadable(file, 0, cause));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Inventory::unreadable(file, u32::try_from(line).unwrap_or(u32::MAX), Cause::NotText)
    })
}

//! What a reader makes of a test report: its results, and everything that is wrong with it.

use diagnostics::{Location, Span};
use model::results::Results;

/// A test report as read. The results may be relied on only where [`Report::is_sound`] holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What could be understood, for showing; use [`Report::into_results`] for evidence.
    pub results: Results,
    /// When the report says it was made, as it writes it; the first that is stated.
    pub timestamp: Option<String>,
    /// What is wrong with it, in order of place.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Whether the report is whole and agrees with itself.
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|p| p.severity() == Severity::Warning)
    }

    /// The results, where the report is sound; its problems, where it is not.
    pub fn into_results(self) -> Result<Results, Vec<Problem>> {
        if self.is_sound() { Ok(self.results) } else { Err(self.problems) }
    }
}

/// Something wrong with a report, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub cause: Cause,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 where the whole line or file is meant.
    pub column: u32,
}

/// Whether a report with this problem can still be evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can; people want to know all the same.
    Warning,
}

impl Problem {
    /// Whether a report with this problem can still be evidence.
    pub fn severity(&self) -> Severity {
        match self.cause {
            Cause::OddDurations { .. } | Cause::NamelessCases { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The place in the report at `path`.
    pub fn location(&self, path: &str) -> Location {
        let (line, column) = (self.line.max(1), self.column.max(1));
        Location::File { path: path.into(), span: Span::default(), line, column }
    }

    /// What to do about it, where that is not plain from the message.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self.cause {
            Cause::NotThisFormat { .. } => {
                "import a JUnit XML report, whose root is `testsuites` or `testsuite`"
            }
            Cause::Encoding { .. } => "write the report in UTF-8",
            Cause::DocumentType => {
                "test reports need no DTD; none is ever read, so that no file or address is"
            }
            Cause::UndefinedEntity { .. } => "only the five entities of XML itself exist in a test report",
            Cause::Total { .. } | Cause::LibtestTotal { .. } => {
                "a report that contradicts itself is no evidence: find out which cases were lost, and run again"
            }
            Cause::EmptySuite { .. } | Cause::NoResults => {
                "nothing was run here, which is no pass: check the filter of the test run"
            }
            Cause::Truncated { .. } | Cause::LibtestTruncated { .. } => {
                "the run or the copy was cut off: run again"
            }
            _ => return None,
        })
    }
}

/// What is wrong with a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// No bytes, or nothing but white space.
    #[error("the report is empty")]
    Empty,
    /// More bytes than the reader takes.
    #[error("the report has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are read.
        limit: usize,
    },
    /// Bytes that are no text in the encoding that the report declares.
    #[error("the report is no text in {declared}")]
    Encoding {
        /// The encoding, as far as known.
        declared: String,
    },
    /// Not XML, or XML that is not well-formed.
    #[error("the report is not well-formed XML: {0}")]
    Malformed(String),
    /// The end came too early.
    #[error("the report ends inside `{open}`")]
    Truncated {
        /// The innermost element that is still open.
        open: String,
    },
    /// Well-formed, but something else.
    #[error("the report is no JUnit XML: its root is `{root}`")]
    NotThisFormat {
        /// Name of the root element.
        root: String,
    },
    /// A document type declaration, with or without entities.
    #[error("the report declares a document type")]
    DocumentType,
    /// A reference to an entity that XML does not define.
    #[error("the entity `{name}` is not defined")]
    UndefinedEntity {
        /// Its name.
        name: String,
    },
    /// Elements nested beyond the limit.
    #[error("elements are nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// More names and messages than a table of results holds.
    #[error(transparent)]
    TooManyResults(#[from] model::results::TooManyResults),
    /// A declared total that is no number.
    #[error("`{attribute}=\"{value}\"` is no number")]
    UnreadableTotal {
        /// The attribute.
        attribute: &'static str,
        /// What it says.
        value: String,
    },
    /// A declared total that disagrees with the cases.
    #[error("suite `{suite}` declares {declared} {what}, but its cases show {found}")]
    Total {
        /// Name of the suite.
        suite: String,
        /// What was counted: `tests`, `failures and errors`, `skipped`.
        what: &'static str,
        /// How many it declares.
        declared: u64,
        /// How many there are.
        found: u64,
    },
    /// A suite without a case.
    #[error("suite `{suite}` has no test case")]
    EmptySuite {
        /// Name of the suite.
        suite: String,
    },
    /// No case in the whole report.
    #[error("the report has no test case")]
    NoResults,
    /// Times that are negative or no numbers; they are left out.
    #[error("`{first}` is no duration; left out with all of its kind: {count}")]
    OddDurations {
        /// How many.
        count: usize,
        /// The first, as written.
        first: String,
    },
    /// Cases without a name, which no test case item can name.
    #[error("cases without a name: {count}")]
    NamelessCases {
        /// How many.
        count: usize,
    },
    /// The totals of a libtest summary disagree with its lines.
    #[error("the summary counts {declared} {what}, but its lines show {found}")]
    LibtestTotal {
        /// What was counted.
        what: &'static str,
        /// How many the summary has.
        declared: u64,
        /// How many lines there are.
        found: u64,
    },
    /// A libtest run without a summary.
    #[error("`{binary}` announces {announced} tests and has no summary")]
    LibtestTruncated {
        /// The test binary.
        binary: String,
        /// How many it announced.
        announced: u64,
    },
    /// Problems beyond those that are listed.
    #[error("{0} further problems are not listed")]
    Further(usize),
}

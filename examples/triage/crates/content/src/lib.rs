//! The clinical content: pathways as data, read strictly, validated and bound by checksums.
//!
//! The content is written by the clinical lead as JSON files and embedded in the program. This crate turns the
//! bytes into typed pathways and refuses anything it does not understand completely. It decides nothing about a
//! patient: that is the engine.

mod builtin;
mod bundle;
mod checksum;
mod level;
mod model;
mod read;
mod validate;

pub use builtin::{FILES, SUMS};
pub use bundle::{Bundle, ContentError};
pub use checksum::{hex_sha256, parse_sums, sum_line, verify_files};
pub use level::{Level, ParseLevelError};
pub use model::{
    Choice, Condition, Pathway, Population, Question, QuestionKind, RedFlag, Rule, Score, Threshold,
};
pub use read::{ReadError, read_pathway};
pub use validate::{Problem, validate};

//! Findings as data: spans, [`Diagnostic`], the [`Sink`] with overrides and waivers, and the renderers.
//!
//! It is not a rule and knows no product: it imports no other crate of the house, so that every crate can report
//! through it. Ids, clauses and dates are text here. It never prints: a renderer writes into what the caller gives.

mod code;
mod diagnostic;
mod location;
pub mod render;
mod report;
mod sink;
mod suggest;
mod verdict;

pub use code::{CODES, Code};
pub use diagnostic::{Diagnostic, Related, order};
pub use location::{LineIndex, Location, Span};
pub use report::{ClauseVerdict, Counts, FindingsReport};
pub use sink::{Level, Overrides, Sink, Sunk, Waiver};
pub use suggest::closest;
pub use verdict::{Severity, UnknownWord, Verdict};

//! Existing documents against every clause: which constraint of the clause library is met by which passage of which document.
//!
//! [`review()`] takes the texts of many files ([`extract`]) and the guides of the library ([`clauses`]), and gives a
//! [`Review`]: a verdict for each constraint, each with the passage that it rests on, the gaps, what documents say against
//! each other, and the files that were not read. A verdict is a proposal to a person; decisions of people are kept beside it
//! ([`Decisions`]) and asked again only when the passage changes.
//!
//! It reads no file, opens no connection and decides nothing about conformity. A language model may judge facets through
//! [`Model`]; whatever it says counts only with a quotation that stands in the text.

mod addressed;
mod around;
mod compare;
mod conclude;
mod corpus;
mod cross;
mod decisions;
mod gaps;
mod index;
mod judge;
mod judged;
mod lexicon;
mod library;
mod meanings;
mod model;
mod mood;
mod nearby;
mod negation;
mod passage;
mod phrases;
mod refusal;
mod result;
mod run;
mod shortlist;
mod template;
mod values;
mod voice;
mod words;

pub use compare::{Change, Changed, Comparison, compare};
pub use corpus::Document;
pub use cross::{CrossCheck, Said};
pub use decisions::{Decision, DecisionKind, Decisions, DecisionsError, passage_digest};
pub use gaps::FoundGap;
pub use judged::Judged;
pub use model::{Exchange, Model, ModelError, ModelUse, replay};
pub use result::{
    ClauseResult, ConstraintResult, FORMAT, FacetResult, Quote, Review, ReviewedFile, Searched, UnreadFile,
    Verdict,
};
pub use run::{Engine, Options, Seen, Source, review};

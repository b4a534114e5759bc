//! Record types and the pure fold from ledger entries to state.
//!
//! A *record* is what happened and never changes: one entry of the ledger. This crate says which kinds there are, what
//! their bodies hold, which of them are personal acts, and what state a sequence of entries adds up to. It knows items
//! and documents by id and digest only; it does no I/O, reads no clock and never appends (only `app` does).
//!
//! A body that does not fit its kind, a kind that is not known, or a personal act whose signature does not hold never
//! panics and never counts: it stands in [`State::problems`] or [`State::unknown_kinds`].

mod kind;
pub mod state;
pub mod statement;
pub mod two_threads;
pub mod types;

pub use kind::{KINDS, KindInfo, Record, kind_info};
pub use state::snapshot;
pub use state::{Examined, Meta, Problem, Recorded, Signer, State};
pub use statement::{NAMESPACE, Statement, StatementError};
pub use types::*;

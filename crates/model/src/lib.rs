//! Items, links, the 4.3 decision, the trace graph, link states and impact. Pure: no I/O, no clock, no panic.
//!
//! It knows no Markdown and no ledger: `documents` makes [`Item`]s from text, and who has the records says which links
//! were confirmed ([`Confirmations`]). What it finds wrong it says as data (link states, duplicates, cycles); rules turn
//! that into findings.

pub mod class;
pub mod components;
pub mod digest;
pub mod history;
pub mod impact;
mod item;
mod kind;
pub mod licences;
mod link;
mod model;
pub mod results;
pub mod trace;
pub mod values;

pub use item::{Embedded, Field, Item, ItemIx, Part, SourceFile};
pub use kind::{Kind, UnknownKind};
pub use link::{
    Confirmations, ConfirmedLinks, Link, LinkState, LinkType, NoConfirmations, Reference, TrustStamps,
    UnknownLink,
};
pub use model::{Cycle, Duplicate, Model};

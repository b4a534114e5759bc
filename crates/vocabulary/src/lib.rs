//! The words that every other crate shares: ids, digests, the software safety class, instants, civil dates and
//! canonical JSON.
//!
//! It is not a model: it knows no document, no record and no rule, and does no I/O (no clock either: instants are
//! given to it).

pub mod canonical;
mod class;
mod digest;
mod id;
mod time;

pub use class::{ParseClassError, SafetyClass};
pub use digest::{Digest, Digester, ParseDigestError, Stamp, StampParseError};
pub use id::{ItemId, ParseIdError};
pub use time::{Date, Instant, ParseTimeError, is_time_zone};

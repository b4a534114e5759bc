//! The release: what its evidence is, what signs it, and what may follow what (62304:5.8).
//!
//! Pure: it reads state and verdicts and says what holds. It builds nothing, stores nothing and appends nothing; `app`
//! does, and asks here first.

pub mod manifest;
pub mod signatures;
pub mod statements;
pub mod steps;
pub mod touching;

pub use manifest::{EvidenceManifest, Input, Section};
pub use signatures::{SeatStatus, Seats};

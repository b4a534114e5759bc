//! One assessment as it is kept on the user's device: answers, the audit log, saving and resuming.
//!
//! Nothing here decides a level and nothing leaves the device. Time comes in as a parameter, in seconds since
//! 1970-01-01 UTC.

mod audit;
mod resume;
mod session;
mod store;

pub use audit::{AuditLog, Entry, Event};
pub use resume::{NoResume, resume};
pub use session::Session;
pub use store::{StoreError, erase, from_bytes, load, save, to_bytes};

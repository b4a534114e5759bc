//! Where ledgers and blobs are kept: a ledger in an SQLite file, blobs in a folder.
//!
//! It stores and nothing else: what may be appended is `ledger::plan`'s decision, what an entry means that of
//! `records`. Every store passes the conformance suite of the crate whose trait it implements.

pub mod disk_blobs;
pub mod sqlite_ledger;

pub use disk_blobs::DiskBlobs;
pub use sqlite_ledger::SqliteLedger;

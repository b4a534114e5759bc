//! SQLite ledger and disk blobs.

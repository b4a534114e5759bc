//! What the stores promise, tried on real files, processes, disks and kills.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod sqlite_crash;
mod sqlite_ledger;

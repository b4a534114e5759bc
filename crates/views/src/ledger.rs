//! The ledger as a reader sees it.

use serde::Serialize;
use vocabulary::{Digest, Instant};

use crate::{Ref, Signature};

/// One entry in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// The sequence number, from 0.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// The person or process.
    pub actor: String,
    /// Through which door: `cli`, `web`, `ci`.
    pub via: String,
    /// The kind with its version, `anomaly/report/v1`.
    pub kind: String,
    /// One line that says what happened.
    pub summary: String,
    /// What it is about.
    pub subject: Option<Ref>,
    /// Whether a person signed it.
    pub signed: bool,
}

/// A stretch of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerLog {
    /// The rows of this stretch.
    pub rows: Vec<LedgerRow>,
    /// The position: how many entries there are.
    pub size: u64,
    /// The root hash at that position.
    pub root: Digest,
    /// The origin line.
    pub origin: String,
    /// How many entries pass the filter on all pages.
    pub matching: usize,
    /// The row that this stretch starts at, from 0, newest first.
    pub first: usize,
    /// What the last verification said, `verified to 1284 against the key of dossier.toml`.
    pub verification: String,
    /// Whether that verification succeeded.
    pub verified: bool,
}

/// One entry with its exact bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryPage {
    /// The row.
    pub row: LedgerRow,
    /// The leaf hash.
    pub leaf: Digest,
    /// The canonical JSON.
    pub json: String,
    /// The signature, when a person signed it.
    pub signature: Option<Signature>,
    /// How many entries there are, for the neighbours' links.
    pub size: u64,
}

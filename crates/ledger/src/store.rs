//! What every place that keeps a ledger can do. Small on purpose: read, append, and the hashes of the tree.

use crate::entry::{Draft, EntryError};
use crate::genesis::GenesisError;
use std::ops::Range;
use vocabulary::{Digest, Instant};

/// Why a store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What keeps the bytes failed: disk, database, network.
    #[error("the ledger could not be {operation}")]
    Backend {
        /// `opened`, `read`, `appended to` …
        operation: &'static str,
        /// The failure as the backend reports it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no ledger at this place.
    #[error("no ledger at `{0}`")]
    Absent(String),
    /// There is something at the place where a ledger was to be created.
    #[error("`{0}` exists already; a ledger is only created where nothing is")]
    Exists(String),
    /// What is there is no ledger of ours.
    #[error("`{place}` is no dossier ledger: {why}")]
    Foreign {
        /// The place.
        place: String,
        /// How that shows.
        why: String,
    },
    /// A ledger of a later program.
    #[error("`{place}` has ledger schema {found}; this program knows schemas up to {known}")]
    Newer {
        /// The place.
        place: String,
        /// The schema found.
        found: i64,
        /// The newest known one.
        known: i64,
    },
    /// The ledger is there, but not what it must be.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// More was asked for than there is.
    #[error("entries {start} to {end} were asked for, the ledger holds {position}")]
    OutOfRange {
        /// First entry asked for.
        start: u64,
        /// One past the last entry asked for.
        end: u64,
        /// How many there are.
        position: u64,
    },
}

impl StoreError {
    /// Wraps a backend's failure.
    pub fn backend(
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError::Backend { operation, source: source.into() }
    }
}

/// Why nothing was appended. Whatever it is, the ledger is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// No draft was given.
    #[error("nothing to append")]
    Empty,
    /// The decision was made on a state that is no longer the newest.
    #[error("decided on position {decided_on}, but the ledger is at {position}; look again and decide again")]
    Conflict {
        /// The position that the caller looked at.
        decided_on: u64,
        /// The position that the ledger has.
        position: u64,
    },
    /// The clock stands more than five seconds before the last entry.
    #[error("the clock says {now}, but the last entry is of {last}; set the clock right")]
    ClockBack {
        /// The time that the caller gave.
        now: Instant,
        /// The time of the last entry.
        last: Instant,
    },
    /// A draft is no valid entry.
    #[error("draft {index} is no valid entry")]
    Invalid {
        /// Which one, from 0.
        index: usize,
        /// Why.
        source: EntryError,
    },
    /// Two drafts of one append are the same.
    #[error("drafts {first} and {second} are the same")]
    Duplicate {
        /// The one, from 0.
        first: usize,
        /// The other, from 0.
        second: usize,
    },
    /// A personal signature that the ledger holds already: one act is one entry.
    #[error("the signature of draft {index} stands already under entry {seq}")]
    Replayed {
        /// Which draft, from 0.
        index: usize,
        /// The entry that carries the signature.
        seq: u64,
    },
    /// The first entry must be a genesis, and no other may be one.
    #[error("draft {index}: {why}")]
    Genesis {
        /// Which draft, from 0.
        index: usize,
        /// What is wrong.
        why: GenesisError,
    },
    /// The store failed; nothing was acknowledged.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an append did. When this is returned, the entries are on stable storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The `seq` of the first appended entry.
    pub first: u64,
    /// The position after the append.
    pub position: u64,
    /// The `at` that all of them carry.
    pub at: Instant,
}

/// A place that keeps a ledger. Every implementation passes `conformance::run`.
pub trait LedgerStore: Send + Sync {
    /// How many entries there are.
    fn position(&self) -> Result<u64, StoreError>;

    /// Hands the bytes of the entries of `range` to `each`, in order. A range beyond the position is an error, never
    /// a short answer.
    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(u64, &[u8])) -> Result<(), StoreError>;

    /// The hash of the complete subtree over the entries `index << level .. (index + 1) << level`: level 0 gives leaf
    /// hashes.
    fn subtree(&self, level: u8, index: u64) -> Result<Digest, StoreError>;

    /// The hashes of all complete subtrees that end in one of `leaves`, in the order in which appending completed them: of each
    /// entry first its own, then those of levels 1, 2, … For verification, which asks for all: `None` where one is missing.
    fn hashes(&self, leaves: Range<u64>) -> Result<Vec<Option<Digest>>, StoreError> {
        let mut out = Vec::new();
        for leaf in leaves {
            for level in 0..=leaf.trailing_ones().min(63) {
                let level = u8::try_from(level).unwrap_or(u8::MAX);
                out.push(self.subtree(level, leaf >> level).ok());
            }
        }
        Ok(out)
    }

    /// Appends all drafts or none, and returns once they are on stable storage. Place and time are taken under the
    /// append lock: `at` is `now`, or the last entry's time where the clock is up to five seconds behind it. With
    /// `decided_on`, the append is refused unless the ledger is still at that position.
    fn append(
        &self,
        drafts: &[Draft],
        now: Instant,
        decided_on: Option<u64>,
    ) -> Result<Appended, AppendError>;
}

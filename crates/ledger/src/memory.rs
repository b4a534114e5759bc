//! A ledger in memory, for tests and for reading an export.

use crate::append::plan;
use crate::entry::{Draft, Entry};
use crate::merkle::{Tree, leaf_hash};
use crate::store::{AppendError, Appended, LedgerStore, StoreError};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vocabulary::{Digest, Instant};

/// A ledger that lives as long as the value does.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: Vec<Vec<u8>>,
    tree: Tree,
    last: Option<Instant>,
    /// Which entry carries a personal signature.
    signatures: HashMap<String, u64>,
}

impl MemoryStore {
    /// An empty ledger.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// The ledger of these entries, as they were written elsewhere. They must decode; the rest is for `verify` to find.
    pub fn from_entries(entries: Vec<Vec<u8>>) -> Result<MemoryStore, StoreError> {
        let mut inner = Inner::default();
        for (seq, bytes) in (0..).zip(entries) {
            let entry =
                Entry::decode(&bytes).map_err(|e| StoreError::Damaged(format!("entry {seq}: {e}")))?;
            inner.push(bytes, entry.at, entry.sig.map(|s| s.signature));
        }
        Ok(MemoryStore(Mutex::new(inner)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // An append changes the state only after everything that can fail, so a poisoned lock guards a whole state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn position(&self) -> u64 {
        self.entries.len() as u64
    }

    fn push(&mut self, bytes: Vec<u8>, at: Instant, signature: Option<String>) {
        if let Some(signature) = signature {
            self.signatures.insert(signature, self.entries.len() as u64);
        }
        self.tree.push(leaf_hash(&bytes));
        self.entries.push(bytes);
        self.last = Some(at);
    }
}

impl LedgerStore for MemoryStore {
    fn position(&self) -> Result<u64, StoreError> {
        Ok(self.inner().position())
    }

    fn read(&self, range: Range<u64>, each: &mut dyn FnMut(u64, &[u8])) -> Result<(), StoreError> {
        let inner = self.inner();
        let beyond =
            StoreError::OutOfRange { start: range.start, end: range.end, position: inner.position() };
        let (Ok(start), Ok(end)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
            return Err(beyond);
        };
        let entries = inner.entries.get(start..end).ok_or(beyond)?;
        for (seq, bytes) in range.zip(entries) {
            each(seq, bytes);
        }
        Ok(())
    }

    fn subtree(&self, level: u8, index: u64) -> Result<Digest, StoreError> {
        let inner = self.inner();
        inner.tree.subtree(level, index).ok_or_else(|| {
            let start = index.checked_shl(level.into()).unwrap_or(u64::MAX);
            let end = index.saturating_add(1).checked_shl(level.into()).unwrap_or(u64::MAX);
            StoreError::OutOfRange { start, end, position: inner.position() }
        })
    }

    fn append(
        &self,
        drafts: &[Draft],
        now: Instant,
        decided_on: Option<u64>,
    ) -> Result<Appended, AppendError> {
        let mut inner = self.inner();
        let first = inner.position();
        let planned = plan(first, inner.last, drafts, now, decided_on)?;
        for (index, draft) in drafts.iter().enumerate() {
            if let Some(seq) = draft.sig.as_ref().and_then(|s| inner.signatures.get(&s.signature)) {
                return Err(AppendError::Replayed { index, seq: *seq });
            }
        }
        for (draft, bytes) in drafts.iter().zip(planned.entries) {
            inner.push(bytes, planned.at, draft.sig.as_ref().map(|s| s.signature.clone()));
        }
        Ok(Appended { first, position: inner.position(), at: planned.at })
    }
}

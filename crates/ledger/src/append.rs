//! What an append would write: the rules that every store shares, so that a store only has to store.

use crate::entry::{Draft, EntryError};
use crate::genesis::{GENESIS_KIND, Genesis, GenesisError};
use crate::store::AppendError;
use std::collections::HashMap;
use vocabulary::{Digest, Instant};

/// How far the clock may stand before the last entry and still be taken as that entry's time.
pub const CLOCK_SLACK_MS: i64 = 5_000;

/// The entries that an append writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The time that they carry.
    pub at: Instant,
    /// Their canonical bytes, the first at the position that was planned for.
    pub entries: Vec<Vec<u8>>,
}

/// Plans an append at `position`, after an entry of the time `last` (`None` exactly where the ledger is empty). A store
/// calls it under its append lock, with what it holds then; replayed signatures it looks up itself.
pub fn plan(
    position: u64,
    last: Option<Instant>,
    drafts: &[Draft],
    now: Instant,
    decided_on: Option<u64>,
) -> Result<Planned, AppendError> {
    if drafts.is_empty() {
        return Err(AppendError::Empty);
    }
    if let Some(decided_on) = decided_on.filter(|d| *d != position) {
        return Err(AppendError::Conflict { decided_on, position });
    }
    check_duplicates(drafts)?;
    let at = time(last, now)?;
    let mut entries = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let seq = position + index as u64;
        check_genesis(seq, draft).map_err(|why| AppendError::Genesis { index, why })?;
        let invalid = |source: EntryError| AppendError::Invalid { index, source };
        entries.push(draft.at(seq, at).encode().map_err(invalid)?);
    }
    Ok(Planned { at, entries })
}

/// Refuses a draft, or a signature, that stands twice among the drafts.
fn check_duplicates(drafts: &[Draft]) -> Result<(), AppendError> {
    if drafts.len() < 2 {
        return Ok(());
    }
    let (mut drafts_seen, mut signatures_seen) = (HashMap::new(), HashMap::new());
    for (second, draft) in drafts.iter().enumerate() {
        let signature = draft.sig.as_ref().and_then(|s| signatures_seen.insert(s.signature.as_str(), second));
        // At one place and time the drafts are the same exactly where their bytes are.
        let bytes = draft.at(0, Instant::from_millis(0)).encode();
        let bytes = bytes.map_err(|source| AppendError::Invalid { index: second, source })?;
        if let Some(first) = signature.or(drafts_seen.insert(Digest::of(&bytes), second)) {
            return Err(AppendError::Duplicate { first, second });
        }
    }
    Ok(())
}

fn time(last: Option<Instant>, now: Instant) -> Result<Instant, AppendError> {
    match last {
        Some(last) if now < last => {
            if last.millis() - now.millis() > CLOCK_SLACK_MS {
                return Err(AppendError::ClockBack { now, last });
            }
            Ok(last)
        }
        _ => Ok(now),
    }
}

fn check_genesis(seq: u64, draft: &Draft) -> Result<(), GenesisError> {
    if seq == 0 {
        return Genesis::from_parts(&draft.kind, &draft.body).map(|_| ());
    }
    if draft.kind == GENESIS_KIND { Err(GenesisError::Late) } else { Ok(()) }
}

//! Snapshots: a state as bytes, so that reading a long ledger again costs less than folding it again.
//!
//! A snapshot proves nothing by itself. Whoever keeps one has to know from elsewhere that it was written by this program from
//! a prefix of the ledger that is still the same (`app::state_cache`). It is tied to the sources of this crate and of those
//! that decide whether an entry counts ([`FINGERPRINT`]): two builds of different sources never share one. Verdicts are
//! never given over it.
//!
//! The bytes are a serde format without names: numbers as varints, texts with their length or, where one comes again, as the place
//! of the first, a field that is left out as one zero byte. It holds what these types need and refuses the rest, so that a type it cannot keep leads to no snapshot, and
//! never to a wrong one.

mod read;
mod write;

use super::{Anomaly, OnDemand, State};
use crate::two_threads::by_two_in_turn;

/// What this format and the sources that give a state its meaning are, in 16 hex digits.
pub const FINGERPRINT: &str = env!("DOSSIER_RECORDS_FINGERPRINT");

/// Anomalies in one part.
const PART: usize = 2_048;

/// The sort of a text, in the two lowest bits of the number before it. Above them stands its length…
const ONCE: u64 = 0;
/// … where it comes again, too …
const FIRST: u64 = 1;
/// … and which of those that come again it is, where it came before.
const AGAIN: u64 = 2;
/// Longer texts are written as often as they come.
const REPEATED_MOST: usize = 200;

/// Why bytes are no snapshot, or a state has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// A type that the format does not keep.
    #[error("a snapshot does not keep {0}")]
    NotKept(&'static str),
    /// What a type says of itself.
    #[error("{0}")]
    Said(String),
    /// The bytes end too early.
    #[error("the snapshot ends too early")]
    Short,
    /// Bytes that no snapshot has.
    #[error("these are no bytes of a snapshot: {0}")]
    Broken(&'static str),
}

/// A state in parts that can be read at the same time: the anomalies by the thousand, and before them all the rest.
///
/// # Errors
/// When the state holds what the format does not keep.
pub fn parts(state: &State) -> Result<Vec<Vec<u8>>, SnapshotError> {
    // `State` leaves its anomalies out of its own serde form, so the first part is everything else.
    let mut out = vec![write::to_bytes(state)?];
    let all: Vec<(&String, &Anomaly)> = state.anomalies.iter().collect();
    for part in all.chunks(PART) {
        out.push(write::to_bytes(part)?);
    }
    Ok(out)
}

/// The state without its anomalies, from the first part.
///
/// # Errors
/// When the bytes are none of a snapshot.
pub fn read_rest(part: &[u8]) -> Result<State, SnapshotError> {
    read::from_bytes(part)
}

/// Anomalies of one of the other parts.
///
/// # Errors
/// When the bytes are none of a snapshot.
pub fn read_anomalies(part: &[u8]) -> Result<Vec<(String, Anomaly)>, SnapshotError> {
    read::from_bytes(part)
}

/// The state of all parts: its first part as it was read, and the bytes of the others. Those are read when somebody first looks at
/// an anomaly, which most lists never do.
///
/// The bytes have to be those that [`parts`] gave and that read back when they were written; whoever keeps a snapshot knows that
/// by a keyed digest of each part, looked at before this. Other bytes end the program at that first look: a list without its
/// anomalies would be a wrong one.
///
/// With `to_the_end` the memory of what there is most of goes back when the process ends and not before.
pub fn join(rest: State, anomalies: Vec<Vec<u8>>, to_the_end: bool) -> State {
    let read = move || {
        let mut parts = Vec::with_capacity(anomalies.len());
        let room = anomalies.iter().map(Vec::len).sum();
        by_two_in_turn(
            &anomalies,
            room,
            |part| read_anomalies(part),
            |part| match part {
                Ok(part) => parts.push(part),
                Err(error) => {
                    panic!("anomalies of a snapshot that were read when they were written: {error}")
                }
            },
        );
        // In order and each once, so the tree is built from below.
        parts.into_iter().flatten().collect()
    };
    State {
        anomalies: OnDemand::made_by(read, to_the_end),
        confirmations: rest.confirmations.held(to_the_end),
        runs: rest.runs.held(to_the_end),
        changes: rest.changes.held(to_the_end),
        observed: rest.observed.held(to_the_end),
        patches: rest.patches.held(to_the_end),
        complaints: rest.complaints.held(to_the_end),
        reportability: rest.reportability.held(to_the_end),
        ..rest
    }
}

#[cfg(test)]
mod tests;

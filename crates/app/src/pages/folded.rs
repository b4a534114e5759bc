//! The state for pages: folded from entry 0 once by this process, and carried on by what came since.
//!
//! It is what folding from entry 0 would give again: the fold is a function of the entries, every byte of those that were folded is
//! read and hashed at each use, and only where their root is still the same is the state carried on. Nothing of it lies on a disk.

use crate::error::Result;
use crate::shared_ledger::SharedLedger;
use crate::state_cache::root_of;
use records::State;
use std::sync::{Arc, Mutex, PoisonError};
use vocabulary::Digest;

/// The newest state that was folded, with the root of the tree over its entries.
#[derive(Debug, Default)]
pub(super) struct Folded(Mutex<Option<(Digest, Arc<State>)>>);

impl Folded {
    /// The state at position `to`, or now.
    ///
    /// # Errors
    /// When the ledger cannot be read or has fewer entries.
    pub(super) fn at(&self, ledger: &SharedLedger, to: Option<u64>) -> Result<State> {
        let position = ledger.position()?;
        let to = to.unwrap_or(position);
        if to > position {
            return ledger.state(Some(to));
        }
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let newest = kept.as_ref().map_or(0, |(_, s)| s.position);
        let kept = match kept {
            Some((root, state)) if state.position <= to && root_of(ledger, state.position)? == root => state,
            _ => Arc::default(),
        };
        let mut state = Arc::unwrap_or_clone(kept);
        if state.position == to {
            return Ok(state);
        }
        ledger.carry_on(&mut state, to)?;
        // A page of the past does not take the place of today's.
        if to == position || to > newest {
            let root = root_of(ledger, to)?;
            let kept = Some((root, Arc::new(state.clone())));
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state_cache::tests::{append, ledger_of, titles};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Whatever was asked for before, and whatever came in between, the state is the one that a fold gives.
        #[test]
        fn a_state_that_is_carried_on_is_the_one_that_is_folded(asked in prop::collection::vec((0..40_usize, 0..60_u64), 1..6)) {
            let ledger = ledger_of(&titles(3));
            let folded = Folded::default();
            let mut there = 3;
            for (more, past) in asked {
                append(ledger.store(), "example.org/x", &titles(more), there);
                there += more;
                prop_assert_eq!(&folded.at(&ledger, None).unwrap(), &ledger.state(None).unwrap());
                let past = past.min(ledger.position().unwrap());
                prop_assert_eq!(&folded.at(&ledger, Some(past)).unwrap(), &ledger.state(Some(past)).unwrap());
            }
            prop_assert!(folded.at(&ledger, Some(10_000)).is_err(), "that is not reached");
        }
    }

    #[test]
    fn entries_that_were_changed_below_are_seen() {
        let folded = Folded::default();
        folded.at(&ledger_of(&titles(20)), None).unwrap();
        let mut other = titles(20);
        if let Some(title) = other.get_mut(4) {
            *title = "another title".into();
        }
        let changed = ledger_of(&other);
        let state = folded.at(&changed, None).unwrap();
        assert_eq!(state, changed.state(None).unwrap());
        assert_eq!(state.anomalies["AN-4"].report.body.title, "another title");
    }
}

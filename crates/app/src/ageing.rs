//! Keys that are to be replaced from time to time (21 CFR 11.300 b): where `[security] key_days` says so, an older one signs
//! nothing but its own replacement.

use crate::error::{Error, Result};
use ledger::Draft;
use product::Config;
use records::State;
use records::state::Key;
use vocabulary::{Date, Instant};

/// What an aged key still signs, so that its owner can replace it.
const REPLACEMENT: [&str; 3] = ["key/enrol/", "key/endorse/", "key/revoke/"];

/// The last day of a key; none where keys do not age.
pub(crate) fn last_day(config: &Config, key: &Key) -> Option<Date> {
    let days = i64::from(config.security.key_days?);
    Some(key.enrolled.meta.at.date_utc().plus_days(days.min(40_000)))
}

/// Refuses what was signed by a key that was to be replaced before now.
///
/// # Errors
/// With the key, its last day, and what to do.
pub(crate) fn check(config: &Config, state: &State, drafts: &[Draft], now: Instant) -> Result<()> {
    if config.security.key_days.is_none() {
        return Ok(());
    }
    for draft in drafts.iter().filter(|d| !REPLACEMENT.iter().any(|k| d.kind.starts_with(k))) {
        let Some(sig) = &draft.sig else { continue };
        let keys = state.persons.get(&draft.actor).map(|p| p.keys.as_slice()).unwrap_or_default();
        let key = keys.iter().find(|k| k.enrolled.body.key_id == sig.key_id);
        if let Some(day) = key.and_then(|k| last_day(config, k))
            && now.date_utc() > day
        {
            return Err(Error::refused(format!("the key {} was to be replaced by {day}", sig.key_id))
                .hint("enrol a new one with `dossier key new`, vouch for it with the old one: dossier key endorse")
                .hint("how long keys count: [security] key_days in dossier.toml"));
        }
    }
    Ok(())
}

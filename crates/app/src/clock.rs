//! The only place that asks for the time.

use crate::error::{Error, Result};
use vocabulary::{Date, Instant};

/// Where `now` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A time given by the caller; only for ledgers whose entry 0 says `clock: simulated`.
    Simulated(Instant),
}

impl Clock {
    /// The time now.
    pub fn now(self) -> Instant {
        match self {
            Clock::Simulated(at) => at,
            Clock::System => system_now(),
        }
    }

    /// Today in `zone`.
    ///
    /// # Errors
    /// When the time zone is not known.
    pub fn today(self, zone: &str) -> Result<Date> {
        self.now().date_in(zone).ok_or_else(|| {
            Error::refused(format!("time zone `{zone}` is not known")).hint(
                "set `timezone` under [product] in dossier.toml to an IANA name such as `Europe/Vienna`",
            )
        })
    }
}

#[allow(clippy::disallowed_methods, reason = "the one clock of the product")]
fn system_now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

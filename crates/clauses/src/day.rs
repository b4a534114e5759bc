//! A civil day, for validity. The crate knows no clock and no calendar beyond "does this day exist, and which is earlier".

use std::fmt;
use std::str::FromStr;

/// A civil day: `2026-02-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day; write it as 2026-02-02")]
pub struct ParseDayError(String);

impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Day, ParseDayError> {
        let wrong = || ParseDayError(text.to_owned());
        let parsed: toml::value::Datetime = text.parse().map_err(|_| wrong())?;
        match (parsed.date, parsed.time, parsed.offset) {
            (Some(d), None, None) => Ok(Day { year: d.year, month: d.month, day: d.day }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_compared_and_written() {
        let day = |t: &str| t.parse::<Day>();
        assert!(day("2026-02-01").unwrap() < day("2026-02-02").unwrap());
        assert_eq!(day("2026-02-02").unwrap().to_string(), "2026-02-02");
        for bad in ["2026-02-30", "2026-2-2", "02.02.2026", "", "2026-02-02T00:00:00Z", "10:00:00"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}

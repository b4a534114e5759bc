//! Instants (UTC, milliseconds) and civil dates.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z. Written as `2026-03-14T09:12:00.000Z`, always with
/// three decimals, so that equal instants have equal text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Smallest and largest representable milliseconds: years 0000 to 9999, the range in which the text sorts as time.
const MILLIS_MIN: i64 = -62_167_219_200_000;
const MILLIS_MAX: i64 = 253_402_300_799_999;

impl Instant {
    /// The instant `ms` milliseconds after the epoch; clamped to the years 0000 to 9999.
    pub fn from_millis(ms: i64) -> Instant {
        Instant(ms.clamp(MILLIS_MIN, MILLIS_MAX))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The civil date of this instant in the IANA time zone `zone` (`Europe/Vienna`, `UTC`), or `None` where the zone
    /// is not known.
    pub fn date_in(self, zone: &str) -> Option<Date> {
        Some(Date(self.timestamp().to_zoned(time_zone(zone)?).date()))
    }

    /// The civil date of this instant in UTC.
    pub fn date_utc(self) -> Date {
        Date(self.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Whether `name` is a time zone that this machine knows (`Europe/Vienna`, `UTC`).
pub fn is_time_zone(name: &str) -> bool {
    time_zone(name).is_some()
}

fn time_zone(name: &str) -> Option<jiff::tz::TimeZone> {
    // Most products are in UTC, and asking for any other zone reads all folders of the machine's zones once: as much time as a
    // short command takes.
    if name == "UTC" {
        return Some(jiff::tz::TimeZone::UTC);
    }
    jiff::tz::TimeZone::get(name).ok()
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no instant or no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}; write it as `{example}`")]
pub struct ParseTimeError {
    /// What stood there.
    pub text: String,
    /// `instant` or `date`.
    pub what: &'static str,
    /// How to write it.
    pub example: &'static str,
}

impl FromStr for Instant {
    type Err = ParseTimeError;

    /// Reads RFC 3339; anything finer than a millisecond is refused, because it would not read back.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let wrong =
            || ParseTimeError { text: s.to_owned(), what: "instant", example: "2026-03-14T09:12:00.000Z" };
        let t: jiff::Timestamp = s.parse().map_err(|_| wrong())?;
        if t.as_nanosecond() % 1_000_000 != 0 {
            return Err(wrong());
        }
        let ms = t.as_millisecond();
        if (MILLIS_MIN..=MILLIS_MAX).contains(&ms) { Ok(Instant(ms)) } else { Err(wrong()) }
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { s.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !d.is_human_readable() {
            let ms = i64::deserialize(d)?;
            let known = (MILLIS_MIN..=MILLIS_MAX).contains(&ms);
            return known.then_some(Instant(ms)).ok_or_else(|| serde::de::Error::custom("no instant"));
        }
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A civil date, `2026-03-14`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The date, or `None` where no such day exists.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Date> {
        jiff::civil::Date::new(year, month, day).ok().map(Date)
    }

    /// Days from `earlier` to this date; negative where this date is the earlier one.
    pub fn days_since(self, earlier: Date) -> i64 {
        (self.0 - earlier.0).get_days().into()
    }

    /// This date moved by `days`, saturating at the ends of the calendar.
    pub fn plus_days(self, days: i64) -> Date {
        use jiff::ToSpan as _;
        Date(self.0.saturating_add(days.clamp(-7_000_000, 7_000_000).days()))
    }

    /// This date moved by whole years; 29 February becomes 28 February where needed.
    pub fn plus_years(self, years: i32) -> Date {
        use jiff::ToSpan as _;
        Date(self.0.saturating_add(years.clamp(-9999, 9999).years()))
    }

    /// Midnight of this date in UTC.
    pub fn midnight_utc(self) -> Instant {
        let ms = self.0.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |z| z.timestamp().as_millisecond());
        Instant::from_millis(ms)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = ParseTimeError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseTimeError { text: s.to_owned(), what: "date", example: "2026-03-14" };
        // Nothing but `YYYY-MM-DD`: the parser below would also take an instant and drop its time.
        if s.len() != 10 {
            return Err(wrong());
        }
        s.parse().map(Date).map_err(|_| wrong())
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn instants_have_three_decimals_and_sort_as_text() {
        assert_eq!(Instant::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Instant::from_millis(1_773_479_520_007).to_string(), "2026-03-14T09:12:00.007Z");
        assert!("2026-03-14T09:12:00.0001Z".parse::<Instant>().is_err());
        assert!("yesterday".parse::<Instant>().is_err());
    }

    #[test]
    fn the_day_depends_on_the_zone() {
        let late: Instant = "2026-03-14T23:30:00.000Z".parse().unwrap();
        assert_eq!(late.date_utc().to_string(), "2026-03-14");
        assert_eq!(late.date_in("Europe/Vienna").unwrap().to_string(), "2026-03-15");
        assert_eq!(late.date_in("Nowhere/Land"), None);
    }

    #[test]
    fn dates_count_days_and_years() {
        let d: Date = "2024-02-29".parse().unwrap();
        assert_eq!(d.plus_years(1).to_string(), "2025-02-28");
        assert_eq!(d.plus_days(1).to_string(), "2024-03-01");
        assert_eq!(d.plus_years(10).days_since(d), 3652);
        assert!("2026-02-30".parse::<Date>().is_err());
        assert!("2026-03-14T00:00:00Z".parse::<Date>().is_err());
    }

    proptest! {
        #[test]
        fn an_instant_reads_back(ms in MILLIS_MIN..=MILLIS_MAX) {
            let t = Instant::from_millis(ms);
            prop_assert_eq!(t.to_string().parse(), Ok(t));
        }
    }
}

//! Calendar dates in the Gregorian calendar, without time zone.

use std::fmt;
use std::str::FromStr;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`.
    Form,
    /// The year is before 1900 or after 2199.
    Year,
    /// There is no such day in the calendar.
    Day,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateError::Form => "write the date as year-month-day, for example 2019-04-30",
            DateError::Year => "the year must be from 1900 to 2199",
            DateError::Day => "there is no such day",
        })
    }
}

impl std::error::Error for DateError {}

impl Date {
    /// The day, where it exists and its year is from 1900 to 2199.
    ///
    /// # Errors
    /// [`DateError::Year`] or [`DateError::Day`].
    pub fn new(year: u16, month: u8, day: u8) -> Result<Date, DateError> {
        if !(1900..=2199).contains(&year) {
            return Err(DateError::Year);
        }
        if day == 0 || day > days_in_month(year, month) {
            return Err(DateError::Day);
        }
        Ok(Date { year, month, day })
    }

    /// The day that lies this many days after 1970-01-01; days before it and after 2199 are refused.
    pub fn from_unix_days(days: u64) -> Option<Date> {
        let (mut year, mut rest) = (1970_u16, days);
        while rest >= days_in_year(year) {
            rest -= days_in_year(year);
            year = year.checked_add(1).filter(|y| *y <= 2199)?;
        }
        let mut month = 1;
        while rest >= u64::from(days_in_month(year, month)) {
            rest -= u64::from(days_in_month(year, month));
            month += 1;
        }
        Date::new(year, month, u8::try_from(rest + 1).ok()?).ok()
    }

    /// Completed months from `birth` to this day: a month is complete on the day with the number of the day of birth,
    /// or on the first of the following month where that day does not exist. 0 where `birth` is later.
    ///
    /// The rule makes a person younger, never older, than other rules do: the younger is judged more cautiously.
    pub fn months_since(self, birth: Date) -> u32 {
        let months = i32::from(self.year) * 12 + i32::from(self.month)
            - i32::from(birth.year) * 12
            - i32::from(birth.month)
            - i32::from(self.day < birth.day);
        u32::try_from(months).unwrap_or(0)
    }

    /// Days from `earlier` to this day; negative where `earlier` is later.
    pub fn days_since(self, earlier: Date) -> i64 {
        self.number() - earlier.number()
    }

    /// Days since 1900-01-01.
    fn number(self) -> i64 {
        let years = (1900..self.year).map(days_in_year).sum::<u64>();
        let months = (1..self.month).map(|m| u64::from(days_in_month(self.year, m))).sum::<u64>();
        i64::try_from(years + months).unwrap_or(i64::MAX) + i64::from(self.day) - 1
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u16) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

/// 0 for a month that does not exist.
fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(s: &str) -> Result<Date, DateError> {
        let b = s.as_bytes();
        let form = b.len() == 10
            && b.iter()
                .enumerate()
                .all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
        if !form {
            return Err(DateError::Form);
        }
        let number = |range: std::ops::Range<usize>| s.get(range).and_then(|t| t.parse::<u16>().ok());
        let small = |range| number(range).and_then(|n| u8::try_from(n).ok());
        match (number(0..4), small(5..7), small(8..10)) {
            (Some(year), Some(month), Some(day)) => Date::new(year, month, day),
            _ => Err(DateError::Form),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn d(s: &str) -> Date {
        s.parse().unwrap()
    }

    fn accepted(s: &str) {
        assert_eq!(d(s).to_string(), s);
    }
    cases! { accepted;
        leap_day_of_2024: "2024-02-29";
        leap_day_of_2000: "2000-02-29";
        last_day: "2199-12-31";
    }

    fn refused(s: &str, e: DateError) {
        assert_eq!(s.parse::<Date>(), Err(e));
    }
    cases! { refused;
        empty: "", DateError::Form;
        slashes: "2024/02/28", DateError::Form;
        day_first: "28-02-2024", DateError::Form;
        letters: "2024-0x-28", DateError::Form;
        other_digits: "２024-02-2", DateError::Form;
        year_1899: "1899-12-31", DateError::Year;
        year_2200: "2200-01-01", DateError::Year;
        month_thirteen: "2024-13-10", DateError::Day;
        day_zero: "2024-01-00", DateError::Day;
        february_29_of_2023: "2023-02-29", DateError::Day;
        february_29_of_1900: "1900-02-29", DateError::Day;
        february_30_of_2024: "2024-02-30", DateError::Day;
    }

    fn months(birth: &str, today: &str, expected: u32) {
        assert_eq!(d(today).months_since(d(birth)), expected);
    }
    cases! { months;
        same_day: "2020-05-10", "2020-05-10", 0;
        day_before_first_month: "2020-05-10", "2020-06-09", 0;
        first_month: "2020-05-10", "2020-06-10", 1;
        missing_day_waits: "2020-01-31", "2020-02-29", 0;
        missing_day_completes_next: "2020-01-31", "2020-03-01", 1;
        leap_birthday_eighteenth_eve: "2008-02-29", "2026-02-28", 215;
        leap_birthday_eighteenth: "2008-02-29", "2026-03-01", 216;
        future_birth: "2026-05-01", "2026-04-01", 0;
    }

    fn days(from: &str, to: &str, expected: i64) {
        assert_eq!(d(to).days_since(d(from)), expected);
    }
    cases! { days;
        over_leap_day: "2024-02-28", "2024-03-01", 2;
        backwards: "2024-03-01", "2024-02-28", -2;
        a_century: "1900-01-01", "2000-01-01", 36524;
    }

    fn unix(days: u64, expected: Option<&str>) {
        assert_eq!(Date::from_unix_days(days).map(|d| d.to_string()).as_deref(), expected);
    }
    cases! { unix;
        unix_epoch: 0, Some("1970-01-01");
        unix_leap_day: 19_782, Some("2024-02-29");
        unix_last: 84_005, Some("2199-12-31");
        unix_too_late: 84_006, None;
    }
}

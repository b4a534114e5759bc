//! The patient's age, from date of birth and the day of the assessment, and the bands that rules speak about.

use crate::Date;
use std::fmt;

/// An age in completed months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    months: u32,
}

/// Why a date of birth gives no age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeError {
    /// Born after the day of the assessment.
    Future,
    /// 120 years or older: more likely a wrong date than a person.
    TooOld,
}

impl fmt::Display for AgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AgeError::Future => "the date of birth lies in the future",
            AgeError::TooOld => "the date of birth lies 120 years or more back",
        })
    }
}

impl std::error::Error for AgeError {}

/// Age groups with rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Below 3 months.
    YoungBaby,
    /// From 3 to below 12 months.
    Infant,
    /// From 1 to below 5 years.
    SmallChild,
    /// From 5 to below 18 years.
    Child,
    /// From 18 to below 65 years.
    Adult,
    /// 65 years and older.
    Older,
}

impl Age {
    /// First completed month of an adult.
    pub const ADULT: u32 = 18 * 12;

    /// The age on the day `today`.
    ///
    /// # Errors
    /// [`AgeError`]: the caller asks for the date again.
    pub fn at(birth: Date, today: Date) -> Result<Age, AgeError> {
        if birth > today {
            return Err(AgeError::Future);
        }
        Some(today.months_since(birth)).filter(|m| *m < 120 * 12).map(Age::of_months).ok_or(AgeError::TooOld)
    }

    /// An age of so many completed months.
    pub fn of_months(months: u32) -> Age {
        Age { months }
    }

    /// Completed months.
    pub fn months(self) -> u32 {
        self.months
    }

    /// Completed years.
    pub fn years(self) -> u32 {
        self.months / 12
    }

    /// Below 18 years.
    pub fn is_child(self) -> bool {
        self.months < Age::ADULT
    }

    /// The band.
    pub fn band(self) -> Band {
        match self.months {
            0..3 => Band::YoungBaby,
            3..12 => Band::Infant,
            12..60 => Band::SmallChild,
            60..216 => Band::Child,
            216..780 => Band::Adult,
            _ => Band::Older,
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.months {
            1 => f.write_str("1 month"),
            0..24 => write!(f, "{} months", self.months),
            _ => write!(f, "{} years", self.years()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn band(months: u32, expected: Band) {
        assert_eq!(Age::of_months(months).band(), expected);
    }
    cases! { band;
        newborn: 0, Band::YoungBaby;
        first_month_inside: 3, Band::Infant;
        last_infant_month: 11, Band::Infant;
        first_birthday: 12, Band::SmallChild;
        fifth_birthday: 60, Band::Child;
        month_before_eighteen: 215, Band::Child;
        eighteenth_birthday: 216, Band::Adult;
        month_before_sixty_five: 779, Band::Adult;
        sixty_fifth_birthday: 780, Band::Older;
    }

    fn age_at(birth: &str, today: &str, expected: Result<u32, AgeError>) {
        let age = Age::at(birth.parse().unwrap(), today.parse().unwrap());
        assert_eq!(age.map(Age::months), expected);
    }
    cases! { age_at;
        born_tomorrow: "2026-03-02", "2026-03-01", Err(AgeError::Future);
        day_before_three_months: "2025-12-02", "2026-03-01", Ok(2);
        three_months: "2025-12-01", "2026-03-01", Ok(3);
        day_before_eighteen: "2008-03-02", "2026-03-01", Ok(215);
        eighteen: "2008-03-01", "2026-03-01", Ok(216);
        last_day_below_120: "1906-03-02", "2026-03-01", Ok(1439);
        one_hundred_and_twenty: "1906-03-01", "2026-03-01", Err(AgeError::TooOld);
    }

    fn shown(months: u32, expected: &str) {
        assert_eq!(Age::of_months(months).to_string(), expected);
    }
    cases! { shown;
        shows_one_month: 1, "1 month";
        shows_months_below_two_years: 23, "23 months";
        shows_years_from_two: 24, "2 years";
        shows_completed_years: 215, "17 years";
    }

    #[test]
    fn child_ends_at_eighteen() {
        assert!(Age::of_months(215).is_child());
        assert!(!Age::of_months(216).is_child());
    }
}

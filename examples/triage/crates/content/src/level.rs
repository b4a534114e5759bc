//! The five recommendation levels, ordered by urgency.

use std::fmt;
use std::str::FromStr;

/// How soon the user should get which help. The order is the order of urgency: `max` of two levels is the safer
/// one, and nothing in the product ever takes the lower of two levels (RC-01.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Look after it at home, with advice when to seek help.
    SelfCare,
    /// An appointment within a few days.
    Routine,
    /// To be seen by a professional within 24 hours.
    Soon,
    /// To be seen by a professional today, within four hours.
    Urgent,
    /// Call the emergency number now.
    Emergency,
}

impl Level {
    /// Every level, least urgent first.
    pub const ALL: [Level; 5] =
        [Level::SelfCare, Level::Routine, Level::Soon, Level::Urgent, Level::Emergency];

    /// The name used in content files, saved sessions and the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::SelfCare => "self-care",
            Level::Routine => "routine",
            Level::Soon => "soon",
            Level::Urgent => "urgent",
            Level::Emergency => "emergency",
        }
    }

    /// The headline of the result screen. Each begins with a different word, so that a cut line still differs.
    pub fn headline(self) -> &'static str {
        match self {
            Level::SelfCare => "Care at home is likely enough",
            Level::Routine => "Make an appointment in the next days",
            Level::Soon => "See a doctor within 24 hours",
            Level::Urgent => "Get medical help today, within 4 hours",
            Level::Emergency => "CALL THE EMERGENCY NUMBER NOW",
        }
    }

    /// 1 (care at home) to 5 (emergency); shown beside the headline, so that the level never depends on colour.
    pub fn rank(self) -> u8 {
        match self {
            Level::SelfCare => 1,
            Level::Routine => 2,
            Level::Soon => 3,
            Level::Urgent => 4,
            Level::Emergency => 5,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseLevelError(pub String);

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a recommendation level", self.0)
    }
}

impl std::error::Error for ParseLevelError {}

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(s: &str) -> Result<Level, ParseLevelError> {
        Level::ALL.into_iter().find(|l| l.as_str() == s).ok_or_else(|| ParseLevelError(s.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn round_trip(level: Level, name: &str, rank: u8) {
        assert_eq!(level.as_str(), name);
        assert_eq!(name.parse::<Level>(), Ok(level));
        assert_eq!(level.rank(), rank);
    }
    cases! { round_trip;
        self_care: Level::SelfCare, "self-care", 1;
        routine: Level::Routine, "routine", 2;
        soon: Level::Soon, "soon", 3;
        urgent: Level::Urgent, "urgent", 4;
        emergency: Level::Emergency, "emergency", 5;
    }

    fn refused(name: &str) {
        assert_eq!(name.parse::<Level>(), Err(ParseLevelError(name.to_string())));
    }
    cases! { refused;
        refuses_empty: "";
        refuses_capital: "Emergency";
        refuses_number: "5";
        refuses_space: "self care";
    }

    #[test]
    fn headlines_differ_in_their_first_word() {
        let mut first: Vec<&str> =
            Level::ALL.iter().filter_map(|l| l.headline().split_whitespace().next()).collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 5);
    }

    #[test]
    fn order_is_urgency() {
        assert!(Level::ALL.is_sorted());
        assert_eq!(Level::Soon.max(Level::Routine), Level::Soon);
    }
}

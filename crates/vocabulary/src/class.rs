//! The software safety class of IEC 62304 clause 4.3.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Software safety class (62304:4.3 a). Ordered: `A < B < C`, so the strictest of several is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SafetyClass {
    /// No unacceptable risk can follow.
    A,
    /// Non-serious injury is possible.
    B,
    /// Death or serious injury is possible. Also the duties of a system whose class is not recorded (62304:4.3 g).
    C,
}

impl SafetyClass {
    /// All classes, mildest first.
    pub const ALL: [SafetyClass; 3] = [SafetyClass::A, SafetyClass::B, SafetyClass::C];

    /// The letter.
    pub fn as_str(self) -> &'static str {
        match self {
            SafetyClass::A => "A",
            SafetyClass::B => "B",
            SafetyClass::C => "C",
        }
    }
}

impl fmt::Display for SafetyClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of `A`, `B`, `C`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no software safety class; write `A`, `B` or `C`")]
pub struct ParseClassError(pub String);

impl FromStr for SafetyClass {
    type Err = ParseClassError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "A" | "a" => Ok(SafetyClass::A),
            "B" | "b" => Ok(SafetyClass::B),
            "C" | "c" => Ok(SafetyClass::C),
            other => Err(ParseClassError(other.to_owned())),
        }
    }
}

//! Kinds of items: what an item is, decided by its file or by the prefix of its id.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($name:ident $word:literal $prefix:literal $plain:literal $about:literal;)*) => {
        /// What an item is (design: documents).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $about] $name,)*
        }

        impl Kind {
            /// All kinds, in the order of the design.
            pub const ALL: &[Kind] = &[$(Kind::$name),*];

            /// The word in front matter and JSON, `software-requirement`.
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $word),* }
            }

            /// The built-in prefix of ids, `SRS`.
            pub fn prefix(self) -> &'static str {
                match self { $(Kind::$name => $prefix),* }
            }

            /// The words for people, `software requirement`.
            pub fn plain(self) -> &'static str {
                match self { $(Kind::$name => $plain),* }
            }
        }
    };
}

kinds! {
    SoftwareSystem "software-system" "SYSTEM" "software system" "A software system; carries the recorded class (62304:4.3 c).";
    SystemRequirement "system-requirement" "SYS" "system requirement" "A requirement of the system.";
    SoftwareRequirement "software-requirement" "SRS" "software requirement" "A requirement of the software (62304:5.2).";
    SoftwareItem "software-item" "ITM" "software item" "An item of the architecture (62304:5.3).";
    SoftwareUnit "software-unit" "UNT" "software unit" "A part that is not divided further (62304:5.4).";
    Interface "interface" "IFC" "interface" "An interface between items (62304:5.3.2).";
    DetailedDesign "detailed-design" "DSN" "detailed design" "The design of a unit (62304:5.4.2).";
    TestCase "test-case" "TC" "test case" "A planned test.";
    Hazard "hazard" "HAZ" "hazard" "A hazard.";
    HazardousSituation "hazardous-situation" "HS" "hazardous situation" "A hazardous situation, with harm and severity.";
    Cause "cause" "CAU" "cause" "How software contributes to a hazardous situation (62304:7.1.2).";
    RiskControl "risk-control" "RC" "risk control" "A measure against a cause or a hazardous situation (62304:7.2.1).";
    Soup "soup" "SOUP" "SOUP" "Software of unknown provenance (62304:8.1.2).";
    Threat "threat" "THR" "threat" "A security threat.";
    SupportingItem "supporting-item" "TOOL" "supporting item" "A tool or setting that is controlled (62304:5.1.10).";
    Document "document" "DOC" "document" "A document that is kept elsewhere.";
}

impl Kind {
    /// The kind whose built-in prefix this is.
    pub fn of_prefix(prefix: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| k.prefix() == prefix)
    }

    /// The place of the kind in [`Kind::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of item")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Kind::ALL.iter().copied().find(|k| k.as_str() == s).ok_or_else(|| UnknownKind(s.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_prefixes_read_back_and_are_unique() {
        for (i, k) in Kind::ALL.iter().enumerate() {
            assert_eq!(k.index(), i);
            assert_eq!(k.as_str().parse(), Ok(*k));
            assert_eq!(Kind::of_prefix(k.prefix()), Some(*k));
        }
        assert_eq!(Kind::of_prefix("UTF"), None);
        assert!("requirement".parse::<Kind>().is_err());
    }
}

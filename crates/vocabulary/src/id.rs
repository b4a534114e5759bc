//! Ids of items.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;
use std::str::FromStr;

/// The id of an item: `[A-Z][A-Z0-9]*-[A-Za-z0-9._-]+`, for example `SRS-012` or `RC-12.3`.
///
/// Cheap to clone; ids of up to 23 bytes need no allocation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ItemId(SmolStr);

impl ItemId {
    /// Whether `s` has the shape of an id.
    pub fn is_valid(s: &str) -> bool {
        let Some((prefix, rest)) = s.split_once('-') else { return false };
        let mut p = prefix.bytes();
        p.next().is_some_and(|c| c.is_ascii_uppercase())
            && p.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && !rest.is_empty()
            && rest.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-'))
    }

    /// The id in `s`, or `None` where `s` has not the shape of one.
    pub fn new(s: &str) -> Option<ItemId> {
        ItemId::is_valid(s).then(|| ItemId(SmolStr::new(s)))
    }

    /// The part before the first `-`, which decides the kind: `SRS` of `SRS-012`.
    pub fn prefix(&self) -> &str {
        self.0.split_once('-').map_or("", |(p, _)| p)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ItemId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text has not the shape of an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no id: capital letters and digits, a hyphen, then letters, digits, `.`, `_` or `-`, as in `SRS-012`"
)]
pub struct ParseIdError(pub String);

impl FromStr for ItemId {
    type Err = ParseIdError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        ItemId::new(s).ok_or_else(|| ParseIdError(s.to_owned()))
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_an_id() {
        for good in ["SRS-012", "RC-12.3", "A-2024-087", "H1-a_b", "UTF-8"] {
            assert!(ItemId::is_valid(good), "{good}");
        }
        for bad in ["", "-", "SRS", "SRS-", "srs-1", "1A-2", "SRS-1:", "SRS 1", "S/R-1", "SRS-ä"] {
            assert!(!ItemId::is_valid(bad), "{bad}");
        }
        assert_eq!(ItemId::new("RC-12.3").map(|i| i.prefix().to_owned()), Some("RC".to_owned()));
    }
}

//! Reviews of SOUP.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest, ItemId};

/// The published anomalies of one exact SOUP version were reviewed (62304:7.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoupReview {
    /// The SOUP item.
    pub item: ItemId,
    /// The exact version in use; a review holds for no other.
    pub version: String,
    /// Where the supplier's list was found, or `none published`.
    pub source: String,
    /// When it was searched.
    pub searched: Date,
    /// What was found and why it is acceptable.
    pub result: String,
}
record!(SoupReview, "soup/review/v1", personal, self => format!("{} {}", self.item, self.version));

/// A person states that the software of a digest holds no third-party component: empty is not none until somebody says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoupNone {
    /// The software digest that the statement holds for; it says nothing of any other.
    pub software: Digest,
    /// How it is known.
    pub reason: String,
}
record!(SoupNone, "soup/none/v1", personal, self => format!("software {}", self.software.short()));

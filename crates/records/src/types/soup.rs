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

/// A published anomaly that a review looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewedAnomaly {
    /// The supplier's id or title.
    pub id: String,
    /// Whether it bears on the product.
    pub relevant: bool,
    /// Why, or why not.
    pub reason: String,
}

/// The text that a review attests to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Its name: `published-anomalies`.
    pub name: String,
    /// The digest of its file, so that one can read what was attested.
    pub digest: vocabulary::Digest,
}

/// The published anomalies of one exact SOUP version were reviewed, functional faults as well as vulnerabilities, against
/// a written criterion (62304:7.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoupAttest {
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
    /// The anomalies that were looked at one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anomalies: Vec<ReviewedAnomaly>,
    /// What the reviewer attests to.
    pub criteria: Criteria,
    /// The entry whose review is confirmed again for this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carries: Option<u64>,
}
record!(SoupAttest, "soup/review/v2", personal, self => format!("{} {}", self.item, self.version));

/// An SBOM of somebody else was brought in; its components are part of the product. The newest of a name is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SbomImport {
    /// Its name: what it describes.
    pub name: String,
    /// `CycloneDX 1.6`, `SPDX-2.3`, …
    pub format: String,
    /// The digest of its bytes.
    pub digest: vocabulary::Digest,
    /// How many components it has.
    pub components: u64,
    /// Where it came from.
    pub source: String,
}
record!(SbomImport, "soup/import/v1", process, self => self.name.clone());

/// An imported SBOM is no part of the product any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SbomRetire {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}
record!(SbomRetire, "soup/retire/v1", process, self => self.name.clone());

/// A difference between what a release declares of its environment and what was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftDifference {
    /// What: `image/web`, `service/database`, `setting/api/LOG_LEVEL`.
    pub what: String,
    /// As declared; empty where it is not.
    pub declared: String,
    /// As observed; empty where it is not there.
    pub observed: String,
}

/// The environment of a release was observed and compared with its declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftCheck {
    /// The release; none where the declaration of the work tree was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The name of the environment: `production`.
    pub environment: String,
    /// `kubernetes`, `compose`, `terraform`, `image`, `http`.
    pub kind: String,
    /// The digest of the declaration.
    pub declared: vocabulary::Digest,
    /// The digest of the observation.
    pub observed: vocabulary::Digest,
    /// How many things were compared.
    pub compared: u64,
    /// The differences, as many as an entry holds.
    pub differences: Vec<DriftDifference>,
    /// How many differences there are.
    pub drifted: u64,
    /// The approved change requests that the differences belong to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<String>,
}
record!(DriftCheck, "soup/drift/v1", process, self => self.environment.clone());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_for_ever() {
        super::super::frozen::<SoupReview>("soup/v1/review-v1");
        super::super::frozen::<SoupAttest>("soup/v1/review-v2");
        super::super::frozen::<SoupNone>("soup/v1/none-v1");
        super::super::frozen::<SbomImport>("soup/v1/import-v1");
        super::super::frozen::<SbomRetire>("soup/v1/retire-v1");
        super::super::frozen::<DriftCheck>("soup/v1/drift-v1");
    }
}

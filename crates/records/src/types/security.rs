//! Watching over fielded releases, security tests and what people said of their findings, signatures of base images.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest, ItemId};

/// What came of asking for a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedSet {
    /// Its name.
    pub name: String,
    /// `new`, `unchanged`, `failed`; `as-it-was` where nothing was asked for.
    pub outcome: String,
    /// The date of the data set that is in force afterwards; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub date: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A fielded release that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedRelease {
    /// The release.
    pub release: String,
    /// The scan of it; empty where it could not be scanned.
    pub scan: String,
    /// How many matches it has that nobody judged for it.
    pub open: u64,
    /// Why it could not be scanned.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// A problem report that a watch opened (62304:9.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchReport {
    /// The problem report.
    pub anomaly: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// Other ids of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The component's package URL, without version.
    pub component: String,
    /// The fielded releases that have it.
    pub releases: Vec<String>,
    /// `critical` … `low`; empty where there is no score.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub level: String,
    /// Whether it is known to be exploited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exploited: bool,
    /// The day by which it is to be judged.
    pub due: Date,
}

/// The fielded releases were looked up in the advisories in force (62304:6.2.1, the vulnerability management plan).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VulnerabilityWatch {
    /// The id: `WATCH-1`.
    pub watch: String,
    /// What came of asking for each data set.
    pub datasets: Vec<WatchedSet>,
    /// The releases.
    pub releases: Vec<WatchedRelease>,
    /// The problem reports that were opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<WatchReport>,
}
record!(VulnerabilityWatch, "vuln/watch/v1", process, self => self.watch.clone());

impl VulnerabilityWatch {
    /// Whether every release was scanned and every data set that was asked for came.
    pub fn is_whole(&self) -> bool {
        self.datasets.iter().all(|d| d.outcome != "failed") && self.releases.iter().all(|r| r.why.is_empty())
    }
}

/// The kinds of security tests that premarket guidance tells apart (`fda-cyber:testing`).
pub const SECURITY_TESTS: [&str; 4] = ["requirements", "threat-mitigation", "vulnerability", "penetration"];

/// A result of a security test tool, as far as the entry holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityFinding {
    /// What tells it from others across runs: the tool's fingerprint, or rule, file and text.
    pub key: String,
    /// The tool's rule.
    pub rule: String,
    /// `error`, `warning`, `note`.
    pub level: String,
    /// Where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// One line.
    pub message: String,
}

/// The results of a security test were brought in (SARIF).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityTest {
    /// The id: `SEC-1`.
    pub test: String,
    /// One of [`SECURITY_TESTS`].
    pub kind: String,
    /// The tools with their versions.
    pub tools: Vec<String>,
    /// The digest of the report.
    pub report: Digest,
    /// The software that was tested.
    pub software: Digest,
    /// The commit, where it was a clean one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Who answers for the test, and whether they are independent of those who wrote the software.
    pub tester: String,
    /// The threats, requirements and controls that it was to verify.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verifies: Vec<ItemId>,
    /// How many rules the tools looked for; 0 where the report does not say.
    pub rules: u64,
    /// How many results, by level.
    pub results: std::collections::BTreeMap<String, u64>,
    /// How many of them the report itself suppresses with a justification.
    pub suppressed: u64,
    /// Results of level error and warning that are not suppressed, worst first, as many as an entry holds.
    pub found: Vec<SecurityFinding>,
    /// How many of those there are.
    pub open: u64,
    /// Where it came from.
    pub source: String,
}
record!(SecurityTest, "security/test/v1", process, self => self.test.clone());

/// A person judged a result of a security test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityJudge {
    /// The test in which it was found.
    pub test: String,
    /// The key of the result; the judgement holds for it in later tests too.
    pub key: String,
    /// `false-positive`, `accepted` with its risk, `anomaly`.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// The problem report that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anomaly: Option<String>,
}
record!(SecurityJudge, "security/judge/v1", personal, self => format!("{} {}", self.test, self.key));

/// The signature of a base image was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageVerify {
    /// The image's name without tag and digest: `registry.example/base`.
    pub image: String,
    /// The digest of its manifest, `sha256:…`.
    pub digest: String,
    /// The key file as configured.
    pub key: String,
    /// SHA-256 of the key's bytes.
    pub key_digest: Digest,
    /// The digest of the signature or bundle.
    pub signature: Digest,
    /// Whether it holds.
    pub holds: bool,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}
record!(ImageVerify, "image/verify/v1", process, self => format!("{}@{}", self.image, self.digest));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_for_ever() {
        super::super::frozen::<VulnerabilityWatch>("security/v1/watch-v1");
        super::super::frozen::<SecurityTest>("security/v1/test-v1");
        super::super::frozen::<SecurityJudge>("security/v1/judge-v1");
        super::super::frozen::<ImageVerify>("security/v1/image-verify-v1");
    }
}

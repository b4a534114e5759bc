//! The result of a rebuild, as data for a record.

use serde::{Deserialize, Serialize};

use crate::compare::{Cause, Difference, OutputComparison};

/// What a rebuild found, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every released output was built again byte for byte, and nothing else was.
    Identical,
    /// At least one output is different, missing or new.
    Different,
    /// The build did not end well.
    Failed,
}

/// A rebuild of one release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildReport {
    /// `dossier/rebuild/v1`.
    pub format: String,
    /// The release's version.
    pub release: String,
    /// The verdict on all outputs.
    pub verdict: Verdict,
    /// Each output, sorted by path. Empty if the build failed.
    pub outputs: Vec<OutputComparison>,
    /// Why the build failed, if it did.
    pub failure: Option<String>,
    /// SHA-256 of the environment's tar.
    pub environment: String,
    /// SHA-256 of the source tree.
    pub source: String,
    /// SHA-256 of the log that was kept.
    pub log: String,
    /// What is known of the host, such as kernel and machine, for the record. The outputs must not depend on it.
    pub host: String,
    /// Which person ran it, by id.
    pub person: String,
}

impl RebuildReport {
    /// The verdict on compared outputs. None at all is a failure: nothing was proven.
    pub fn verdict_of(outputs: &[OutputComparison]) -> Verdict {
        match outputs {
            [] => Verdict::Failed,
            _ if outputs.iter().all(|o| o.difference == Difference::Identical) => Verdict::Identical,
            _ => Verdict::Different,
        }
    }

    /// All causes of all differences, with the output's path.
    pub fn causes(&self) -> impl Iterator<Item = (&str, &Cause)> {
        self.outputs.iter().flat_map(|o| {
            let causes = match &o.difference {
                Difference::Different { causes } => causes.as_slice(),
                _ => &[],
            };
            causes.iter().map(|c| (o.path.as_str(), c))
        })
    }
}

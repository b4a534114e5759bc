//! Vulnerabilities, imported SBOMs and drift: what the ledger says of them.

use super::{Recorded, State};
use crate::types::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Records about the security of components.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Security {
    /// Data sets of advisories, oldest first.
    pub datasets: Vec<Recorded<DataSetImport>>,
    /// Scans, oldest first.
    pub scans: Vec<Recorded<VulnerabilityScan>>,
    /// Assessments, oldest first: the history is kept.
    pub assessments: Vec<Recorded<VulnerabilityAssess>>,
    /// Statements of others, oldest first.
    pub statements: Vec<Recorded<VexImport>>,
    /// Imported SBOMs, oldest first.
    pub sboms: Vec<Recorded<SbomImport>>,
    /// Imported SBOMs that are no part of the product any more, oldest first.
    pub retired: Vec<Recorded<SbomRetire>>,
    /// Observations of environments, oldest first.
    pub drifts: Vec<Recorded<DriftCheck>>,
    /// Reviews of SOUP with their criteria, oldest first; they are among [`State::soup_reviews`] too.
    pub attests: Vec<Recorded<SoupAttest>>,
}

impl Security {
    /// The data sets in force, by name: of each name the one that came last.
    pub fn datasets_in_force(&self) -> BTreeMap<&str, &Recorded<DataSetImport>> {
        self.datasets.iter().map(|d| (d.body.name.as_str(), d)).collect()
    }

    /// The SBOMs in force, by name: of each name the one that came last, unless it was retired since.
    pub fn sboms_in_force(&self) -> BTreeMap<&str, &Recorded<SbomImport>> {
        let mut out: BTreeMap<&str, &Recorded<SbomImport>> =
            self.sboms.iter().map(|s| (s.body.name.as_str(), s)).collect();
        for retired in &self.retired {
            if out.get(retired.body.name.as_str()).is_some_and(|s| s.meta.seq < retired.meta.seq) {
                out.remove(retired.body.name.as_str());
            }
        }
        out
    }

    /// The last observation of each environment in each form: they look at different things.
    pub fn last_drifts(&self) -> BTreeMap<(&str, &str), &Recorded<DriftCheck>> {
        self.drifts.iter().map(|d| ((d.body.environment.as_str(), d.body.kind.as_str()), d)).collect()
    }

    /// The last scan of a release, or of the work tree.
    pub fn last_scan(&self, release: Option<&str>) -> Option<&Recorded<VulnerabilityScan>> {
        self.scans.iter().rev().find(|s| s.body.release.as_deref() == release)
    }

    /// The assessments of a vulnerability in a package, newest first. Any of its ids will do.
    pub fn assessments_of<'a>(
        &'a self,
        ids: &'a [&'a str],
        package: &'a str,
    ) -> impl Iterator<Item = &'a Recorded<VulnerabilityAssess>> + 'a {
        self.assessments.iter().rev().filter(move |a| {
            let known = || std::iter::once(&a.body.vulnerability).chain(&a.body.aliases);
            a.body.component == package && known().any(|id| ids.contains(&id.as_str()))
        })
    }
}

impl State {
    /// The id of the next scan.
    pub fn next_scan_id(&self) -> String {
        format!("SCAN-{}", self.security.scans.len() + 1)
    }
}

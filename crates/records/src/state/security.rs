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
    /// Watches over the fielded releases, oldest first.
    pub watches: Vec<Recorded<VulnerabilityWatch>>,
    /// Security tests, oldest first.
    pub tests: Vec<Recorded<SecurityTest>>,
    /// What people said of results of security tests, oldest first.
    pub judgements: Vec<Recorded<SecurityJudge>>,
    /// Checks of signatures of base images, oldest first.
    pub images: Vec<Recorded<ImageVerify>>,
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

impl Security {
    /// Problem reports that watches opened, oldest first.
    pub fn watch_reports(&self) -> impl Iterator<Item = &WatchReport> {
        self.watches.iter().flat_map(|w| &w.body.reported)
    }

    /// The newest judgement of a result of security tests.
    pub fn judgement_of(&self, key: &str) -> Option<&Recorded<SecurityJudge>> {
        self.judgements.iter().rev().find(|j| j.body.key == key)
    }

    /// Of each kind and tool the newest test of this software, in the order of the tests.
    pub fn tests_of(&self, software: vocabulary::Digest) -> Vec<&Recorded<SecurityTest>> {
        let mut out: Vec<&Recorded<SecurityTest>> = Vec::new();
        let tool = |t: &str| t.split(' ').next().unwrap_or_default().to_owned();
        let tools = |t: &SecurityTest| t.tools.iter().map(|t| tool(t)).collect::<Vec<_>>();
        for test in self.tests.iter().filter(|t| t.body.software == software) {
            out.retain(|o| o.body.kind != test.body.kind || tools(&o.body) != tools(&test.body));
            out.push(test);
        }
        out
    }
}

impl State {
    /// The id of the next watch.
    pub fn next_watch_id(&self) -> String {
        format!("WATCH-{}", self.security.watches.len() + 1)
    }

    /// The id of the next security test.
    pub fn next_security_test_id(&self) -> String {
        format!("SEC-{}", self.security.tests.len() + 1)
    }

    /// The problem reports of watches that nobody has dealt with: their anomaly is open, and the vulnerability is not judged in
    /// each of the releases that have it. With the releases that still wait.
    pub fn vulnerabilities_due(&self) -> Vec<(&WatchReport, Vec<&str>)> {
        let mut out = Vec::new();
        for report in self.security.watch_reports() {
            if !self.anomalies.get(&report.anomaly).is_none_or(super::Anomaly::is_open) {
                continue;
            }
            let releases = report.releases.iter().map(String::as_str);
            let waiting: Vec<&str> = releases.filter(|v| self.waits_in(report, v)).collect();
            if !waiting.is_empty() {
                out.push((report, waiting));
            }
        }
        out
    }

    /// Whether a fielded release has no judgement of what a watch reported.
    fn waits_in(&self, report: &WatchReport, release: &str) -> bool {
        let ids = std::iter::once(&report.vulnerability).chain(&report.aliases);
        let ids: Vec<&str> = ids.map(String::as_str).collect();
        let judged = self.security.assessments_of(&ids, &report.component).any(|a| {
            a.body.release.as_deref() == Some(release) && a.body.status != VexStatus::UnderInvestigation
        });
        !judged && self.fielded().any(|(version, _)| version == release)
    }

    /// The id of the next scan.
    pub fn next_scan_id(&self) -> String {
        format!("SCAN-{}", self.security.scans.len() + 1)
    }
}

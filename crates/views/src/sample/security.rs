//! The cybersecurity file of the sample.

use super::{Sample, day};
use crate::{
    AdvisorySetRow, RefKind, SecurityDocument, SecurityDuty, SecurityFile, SecurityTestRow, ThreatRow,
    Verdict, VulnerabilityRow, WatchRow,
};

impl Sample {
    /// The cybersecurity file.
    pub fn security(&self) -> SecurityFile {
        SecurityFile {
            scope: self.t("asked for, because the threat model has 1 threat"),
            duties: vec![
                SecurityDuty {
                    duty: self.t("known vulnerabilities are judged for this version"),
                    verdict: Verdict::Finding,
                    missing: vec![
                        self.t("nobody has judged GHSA-aaaa"),
                        self.t("nobody has judged GHSA-bbbb"),
                    ],
                },
                SecurityDuty {
                    duty: self.t("release notes are there"),
                    verdict: Verdict::Pass,
                    missing: vec![],
                },
            ],
            documents: vec![SecurityDocument {
                clause: self.id(RefKind::Clause, "fda-cyber:threat-model"),
                title: self.t("Threat model"),
                state: "partly".into(),
                evidence: vec![self.t("1 of 2 threats with category and element")],
                documents: vec![self.id(RefKind::Document, "DOC-SEC")],
                missing: self.t("1 of 2 are not there"),
            }],
            threats: vec![ThreatRow {
                id: self.id(RefKind::Item, "THR-01"),
                title: self.t("A saved assessment is edited"),
                stride: self.t("tampering"),
                element: self.t("file of an assessment (store)"),
                before: self.t("medium / minor"),
                after: self.t("low / minor"),
                hazards: vec![self.id(RefKind::Item, "HAZ-1")],
                mitigations: vec![self.id(RefKind::Item, "SRS-067")],
                tests: vec![self.id(RefKind::Item, "TC-040")],
                tested: false,
                gap: self.t("no security test has passed on this version"),
            }],
            tests: vec![SecurityTestRow {
                id: "SEC-1".into(),
                kind: "vulnerability".into(),
                tools: vec![self.t("scanner 1.2")],
                day: day("2026-03-01"),
                tester: self.t("qa-lead, not an author"),
                current: true,
                results: 3,
                open: 1,
            }],
            vulnerabilities: vec![VulnerabilityRow {
                id: self.t("GHSA-aaaa-bbbb-cccc"),
                aliases: vec![self.t("CVE-2026-1")],
                component: self.t("pkg:cargo/tokio@1.43.0"),
                level: "critical".into(),
                exploited: true,
                release: Some("2.3.0".into()),
                scan: "SCAN-4".into(),
                status: "affected".into(),
                impact: self.t("the timer is reachable"),
                safety: "controlled".into(),
                confirm: self.t("it was judged for release 2.2.0"),
                judged: vec![self.id(RefKind::Item, "RC-12.3")],
                entry: Some(40),
                history: vec![self.t("under-investigation (entry 38, 2026-02-20)")],
                report: Some(self.id(RefKind::Anomaly, "VULN-1")),
                due: Some(day("2026-03-08")),
            }],
            events: vec![self.t("2026-03-01 SCAN-4 of 2.3.0: data set osv-crates.io is another one")],
            datasets: vec![AdvisorySetRow {
                name: self.t("osv-crates.io"),
                date: day("2026-03-01"),
                age_days: 4,
                advisories: 1206,
                source: self.t("https://mirror.example/all.zip"),
            }],
            watches: vec![WatchRow {
                id: "WATCH-2".into(),
                day: day("2026-03-01"),
                whole: false,
                said: vec![self.t("kev failed: no byte came for 30 seconds")],
            }],
            next_watch: Some(day("2026-03-08")),
        }
    }
}

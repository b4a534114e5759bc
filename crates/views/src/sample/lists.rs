//! The sample's lists and pages.

use vocabulary::SafetyClass;

use super::{Sample, day, digest, instant};
use crate::*;

impl Sample {
    /// The first page.
    pub fn overview(&self) -> Overview {
        let bar = |chapter: &str, title: &str, counts: &[(Verdict, usize)]| CoverageBar {
            chapter: chapter.into(),
            title: self.t(title),
            counts: counts.to_vec(),
        };
        use Verdict::{Advisory, Finding, Human, NotApplicable, Pass};
        Overview {
            verdict: Verdict::Finding,
            headline: self.t("2 findings stand between this text and a release"),
            reason: self.t("One residual anomaly has no evaluation for 2.4.0; one test was confirmed against an older text."),
            systems: vec![SystemRow {
                id: self.t("SYSTEM-app"),
                title: self.t("Triage app"),
                class: "B".into(),
                reason: self.t("injury is possible but not serious; external control RC-2 counted"),
            }],
            chapters: vec![
                bar("4", "General requirements", &[(Pass, 11), (NotApplicable, 4)]),
                bar("5.1", "Planning", &[(Pass, 11), (NotApplicable, 1)]),
                bar("5.2", "Requirements analysis", &[(Pass, 6)]),
                bar("5.3", "Architecture", &[(Pass, 4), (NotApplicable, 2)]),
                bar("5.7", "System testing", &[(Finding, 1), (Pass, 4)]),
                bar("5.8", "Release", &[(Finding, 1), (Human, 1), (Advisory, 1), (Pass, 5)]),
                bar("7", "Risk management", &[(Pass, 10), (Advisory, 2)]),
                bar("9", "Problem resolution", &[(Human, 1), (Pass, 7)]),
            ],
            findings: vec![self.finding(), self.suspect()],
            releases: self.releases().rows,
            recent: self.ledger().rows,
            read: vec![("items".into(), 412), ("links".into(), 1_138), ("results".into(), 574), ("entries".into(), 1_284)],
        }
    }

    /// All findings.
    pub fn findings(&self) -> FindingsOverview {
        let mut advisory = self.suspect();
        advisory.verdict = Verdict::Advisory;
        advisory.place = None;
        let mut waived = self.suspect();
        waived.verdict = Verdict::Waived;
        waived.waived = Some(self.t("qa-lead until 2026-06-30: review is planned with 2.5.0"));
        FindingsOverview { rows: vec![self.finding(), self.suspect(), waived, advisory] }
    }

    /// The items.
    pub fn items(&self) -> ItemList {
        let row = |id: &str, kind: &str, title: &str, verdict| ItemRow {
            id: self.id(RefKind::Item, id),
            kind: kind.into(),
            title: self.t(title),
            file: self.t("dossier/requirements/pathways.md"),
            line: 41,
            links_out: 3,
            links_in: 2,
            verdict,
        };
        ItemList {
            rows: vec![
                row("SYS-004", "system requirement", "Questions fit the age", Verdict::Pass),
                row("SRS-012", "software requirement", "Offer the pediatric pathway", Verdict::Finding),
                row("SRS-013", "software requirement", "Keep answers of one pathway apart", Verdict::Pass),
                row("RC-12.3", "risk control", "Supported versions on the label", Verdict::Pass),
                row("TC-031", "test case", "Under 18 at start", Verdict::Finding),
                row("ITM-triage", "software item", "Triage engine", Verdict::Pass),
            ],
        }
    }

    /// One item.
    pub fn item(&self) -> ItemPage {
        let node = |id: &str, title: &str, column, verdict, note: &str| TraceNode {
            id: self.id(RefKind::Item, id),
            title: self.t(title),
            column,
            verdict,
            note: note.into(),
        };
        let edge = |from, to, sound| TraceEdge { from, to, sound, label: self.t("verifies") };
        ItemPage {
            id: self.id(RefKind::Item, "SRS-012"),
            kind: "software requirement".into(),
            title: self.t("Offer the pediatric pathway"),
            text: self.t(
                "When the patient's age is **below 18 years**, the app shall offer the pediatric pathway before any \
                 adult question is shown, and shall not mix answers of both pathways in one result.",
            ),
            file: self.t("dossier/requirements/pathways.md"),
            line: 41,
            digest: digest("SRS-012"),
            class: Some(SafetyClass::B),
            fields: vec![("priority".into(), self.t("must")), ("source".into(), self.t("user need UN-3"))],
            links_out: vec![
                self.link("satisfies", "SYS-004", "Questions fit the age", LinkState::Current),
                self.link("implements", "RC-12.3", "Pathway lock", LinkState::Current),
                self.link("allocated-to", "ITM-triage", "Triage engine", LinkState::Current),
            ],
            links_in: vec![
                self.link("verifies", "TC-031", "Under 18 at start", LinkState::Suspect),
                self.link("verifies", "TC-032", "Birthday in session", LinkState::Current),
            ],
            chain: TraceChain {
                nodes: vec![
                    node("SYS-004", "Questions fit the age", 0, Verdict::Pass, ""),
                    node("RC-12.3", "Pathway lock", 0, Verdict::Pass, ""),
                    node("SRS-012", "Offer the pediatric pathway", 1, Verdict::Finding, ""),
                    node("TC-031", "Under 18 at start", 2, Verdict::Finding, "suspect"),
                    node("TC-032", "Birthday in session", 2, Verdict::Pass, ""),
                    node("RUN-208", "System protocol", 3, Verdict::Pass, "9 of 9 pass"),
                    node("RUN-209", "System protocol", 3, Verdict::Pass, "14 of 14 pass"),
                ],
                edges: vec![edge(0, 2, true), edge(1, 2, true), edge(2, 3, false), edge(2, 4, true), edge(3, 5, true), edge(4, 6, true)],
                focus: Some(2),
                left_out: 0,
            },
            findings: vec![self.suspect()],
            history: vec![
                self.history("2026-03-11", "developer", "“below 16” → “below 18”", "CR-7, approved 9 March by risk-owner"),
                self.history("2026-02-02", "qa-lead", "approved at 4be19d0", "review of STP-2.3"),
            ],
        }
    }

    pub(super) fn history(&self, when: &str, who: &str, what: &str, why: &str) -> ItemHistoryRow {
        ItemHistoryRow {
            when: when.into(),
            who: self.t(who),
            what: self.t(what),
            why: self.t(why),
            reference: Some(self.id(RefKind::Change, "CR-7")),
        }
    }

    /// The matrix, of `rows` rows.
    pub fn matrix(&self, rows: usize) -> Matrix {
        let row = |i: usize| {
            let bad = i % 7 == 1;
            let state = if bad { LinkState::Suspect } else { LinkState::Current };
            MatrixRow {
                id: self.id(RefKind::Item, &format!("SRS-{:03}", i + 1)),
                kind: "software requirement".into(),
                title: self.t("The app shall offer the pathway that fits the age"),
                class: Some(SafetyClass::B),
                sources: vec![self.link("satisfies", "SYS-004", "Questions fit the age", LinkState::Current)],
                allocated: vec![self.link("allocated-to", "ITM-triage", "Triage engine", LinkState::Current)],
                implemented: vec![self.link("implements", "UNT-pathway", "Pathway", LinkState::Current)],
                tests: vec![
                    self.result(&format!("TC-{:03}", i + 1), "Under 18 at start", Outcome::Pass, state),
                    self.result("TC-900", "Birthday in session", Outcome::Deferred, LinkState::Current),
                ],
                verdict: if bad { Verdict::Finding } else { Verdict::Pass },
                gap: if bad { self.t("a link is suspect") } else { String::new() },
            }
        };
        Matrix { rows: (0..rows).map(row).collect() }
    }

    /// The risk chains.
    pub fn risk(&self) -> RiskPage {
        let estimate = |probability: &str, acceptable| RiskEstimate {
            severity: "serious".into(),
            probability: probability.into(),
            acceptable,
        };
        let row = |n: usize, verdict, gap: &str| RiskRow {
            hazard: self.link("hazard", "HAZ-3", "Wrong urgency is shown", LinkState::Current),
            situation: self.link(
                "leads-to",
                &format!("HS-{n}"),
                "Patient waits although care is urgent",
                LinkState::Current,
            ),
            harm: self.t("delayed treatment"),
            sequence: self.t("Age is read wrongly; the adult pathway is shown; urgency is too low."),
            cause: Some(self.link(
                "causes",
                "CAU-7",
                "Age is computed in the wrong time zone",
                LinkState::Current,
            )),
            arises_in: vec![self.link("arises-in", "ITM-triage", "Triage engine", LinkState::Current)],
            before: estimate("occasional", Acceptability::Unacceptable),
            controls: vec![self.link("controls", "RC-12.3", "Pathway lock", LinkState::Current)],
            implemented: vec![self.link(
                "implements",
                "SRS-012",
                "Offer the pediatric pathway",
                LinkState::Current,
            )],
            verified: vec![self.result("TC-031", "Under 18 at start", Outcome::Pass, LinkState::Suspect)],
            after: estimate("remote", Acceptability::Acceptable),
            verdict,
            gap: if gap.is_empty() { String::new() } else { self.t(gap) },
        };
        RiskPage {
            rows: vec![row(4, Verdict::Finding, "the verification is suspect"), row(5, Verdict::Pass, "")],
        }
    }

    /// The risk file.
    pub fn risk_file(&self) -> RiskFile {
        RiskFile {
            cover: self.cover("DOC-RISK", "Risk management file", "Risk management file"),
            intro: self.t("Hazards of the triage app, their causes in software, and what controls them."),
            scales: vec![RiskScale {
                name: "severity".into(),
                steps: vec![
                    ("negligible".into(), self.t("discomfort")),
                    ("serious".into(), self.t("injury that needs treatment")),
                ],
            }],
            plan: Some(self.id(RefKind::Document, "DOC-RMP")),
            rows: self.risk().rows,
        }
    }

    /// The SOUP register.
    pub fn soup(&self) -> SoupList {
        let row = |id: &str, title: &str, transitive, verdict, gap: &str| SoupRow {
            id: self.id(RefKind::Soup, id),
            title: self.t(title),
            version: "1.43.0".into(),
            purl: self.t("pkg:cargo/tokio@1.43.0"),
            supplier: self.t("the tokio project"),
            licence: "MIT".into(),
            requirements: self.t("timers exact to 10 ms"),
            needs: self.t("Linux 4.5 or Android 9"),
            used_by: vec![self.id(RefKind::Item, "ITM-triage")],
            anomaly_list: self.t("https://github.com/tokio-rs/tokio/issues"),
            reviewed: Some(day("2025-11-30")),
            review_age_days: Some(104),
            support: self.t("current; support of 1.43 ends 2026-03-31 (release notes)"),
            known: Some(KnownVulnerabilities { found: 3, unassessed: 1, reviewing: 1 }),
            unassessed: 1,
            transitive,
            verdict,
            gap: if gap.is_empty() { String::new() } else { self.t(gap) },
        };
        SoupList {
            intro: self.t("Software of unknown provenance in the triage app."),
            rows: vec![
                row(
                    "SOUP-tokio",
                    "tokio",
                    false,
                    Verdict::Finding,
                    "the review is 104 days old, the plan asks for 90",
                ),
                row("SOUP-serde", "serde", false, Verdict::Pass, ""),
                row("SOUP-bytes", "bytes", true, Verdict::Pass, ""),
            ],
            version_source: self.t("Cargo.lock, sha256 51c9…"),
            differences: vec![self.t("`hyper 1.6.0` (Cargo.lock:812) stands in no SOUP item")],
            due: vec![ReviewDue {
                item: self.id(RefKind::Soup, "SOUP-tokio"),
                title: self.t("tokio"),
                version: "1.43.0".into(),
                why: self.t("reviewed 104 days ago"),
                safety: true,
            }],
            drift: vec![DriftRow {
                environment: self.t("production, kubernetes"),
                at: day("2026-03-01"),
                compared: 12,
                differences: vec![self.t("image/web is `web:latest`, declared is `web@sha256:9f86…`")],
                drifted: 1,
                changes: vec![],
                verdict: Verdict::Finding,
            }],
            licences: vec![LicenceCount {
                licence: "MIT".into(),
                components: 3,
                verdict: Verdict::Pass,
                gap: String::new(),
            }],
            scan: self.t("SCAN-4 of 2026-03-02"),
        }
    }

    /// One SOUP item.
    pub fn soup_item(&self) -> SoupPage {
        let mut rows = self.soup().rows;
        let row = rows.remove(0);
        SoupPage {
            row,
            components: rows,
            reviews: vec![
                self.signature("software-lead", "Anomaly list read; nothing contributes to a hazard"),
            ],
            anomalies: vec![],
            findings: vec![self.suspect()],
        }
    }

    /// The anomalies.
    pub fn anomalies(&self) -> AnomalySnapshot {
        AnomalySnapshot {
            rows: vec![
                self.anomaly(
                    "A-2024-087",
                    "Result screen renders wrongly on Android 9 above 150 %",
                    Verdict::Finding,
                    "no evaluation for 2.4.0",
                ),
                self.anomaly("A-2025-011", "Scroll position is lost on rotation", Verdict::Pass, ""),
            ],
            query: self.t("state is open or will-not-fix"),
        }
    }

    /// One anomaly.
    pub fn anomaly_page(&self) -> AnomalyPage {
        let mut all = self.residual_anomalies();
        let anomaly = all.remove(1);
        AnomalyPage {
            evaluations: anomaly.evaluation.iter().cloned().collect(),
            anomaly,
            fields: vec![
                ("tracker".into(), vec![Ref::plain(self.t("issue 87"))]),
                ("device".into(), vec![Ref::plain(self.t("Pixel 2"))]),
            ],
            tables: Vec::new(),
            history: vec![self.history("2024-11-08", "support", "reported", "complaint C-12")],
        }
    }

    /// The documents.
    pub fn documents(&self) -> DocumentList {
        let row = |id: &str, title: &str, verdict, gap: &str| DocumentRow {
            id: self.id(RefKind::Document, id),
            title: self.t(title),
            kind: "plan".into(),
            revision: "7".into(),
            digest: digest(id),
            owner: "software-lead".into(),
            approved_by: if gap.is_empty() { self.t("qa-lead, 2026-03-11") } else { String::new() },
            verdict,
            gap: if gap.is_empty() { String::new() } else { self.t(gap) },
        };
        DocumentList {
            rows: vec![
                row("DOC-SDP", "Software development plan", Verdict::Pass, ""),
                row(
                    "DOC-RISK",
                    "Risk management file",
                    Verdict::Finding,
                    "the text changed since its approval",
                ),
            ],
        }
    }

    /// One document.
    pub fn document(&self) -> ControlledDocument {
        ControlledDocument {
            cover: self.cover("DOC-SDP", "Software development plan", "Plan"),
            markdown: self.t(PLAN),
            pictures: vec![Picture { path: "drawings/process.svg".into(), bytes: DRAWING.into() }],
            verdict: Verdict::Pass,
            reason: self.t("approved at this digest"),
        }
    }

    /// A requirements specification of `count` items.
    pub fn requirements(&self, count: usize) -> ItemDocument {
        let page = self.item();
        let item = |i: usize| ItemEntry {
            id: self.id(RefKind::Item, &format!("SRS-{:03}", i + 1)),
            title: page.title.clone(),
            kind: page.kind.clone(),
            class: page.class,
            text: page.text.clone(),
            fields: page.fields.clone(),
            links: page.links_out.clone(),
            verified_by: page.links_in.clone(),
            digest: page.digest,
        };
        let section = |title: &str| ItemSection {
            title: self.t(title),
            text: self.t("What the app does when a session starts."),
            items: (0..count / 2).map(item).collect(),
        };
        ItemDocument {
            cover: self.cover(
                "DOC-SRS",
                "Software requirements of the triage app",
                "Software requirements specification",
            ),
            intro: self.t("Requirements of the software system, with their sources and their verification."),
            sections: vec![section("Pathways"), section("Results")],
            pictures: vec![],
        }
    }

    /// Counts by level.
    pub fn test_summary(&self) -> Vec<TestSummary> {
        [("unit", 412, 412, 0), ("integration", 68, 68, 0), ("system", 96, 94, 2)]
            .map(|(level, planned, passed, deferred)| TestSummary {
                level: level.into(),
                planned,
                passed,
                failed: 0,
                deferred,
                missing: 0,
                runs: vec![self.id(RefKind::Run, "RUN-207")],
            })
            .into()
    }

    /// The runs.
    pub fn runs(&self) -> Vec<RunRow> {
        ["RUN-207", "RUN-208"]
            .map(|id| RunRow {
                id: self.id(RefKind::Run, id),
                title: self.t("System protocol STP-2.4"),
                at: instant("2026-03-14T09:12:05.000Z"),
                by: self.t("qa-lead"),
                origin: "executed by dossier".into(),
                configuration: self.t("Pixel 8, Android 15, font scale 100 %"),
                tools: self.t("cargo-nextest 0.9.99"),
                software: digest("software"),
                passed: 94,
                failed: 0,
                other: 2,
                digest: digest(id),
            })
            .into()
    }

    /// All runs.
    pub fn run_list(&self) -> RunList {
        RunList { rows: self.runs() }
    }

    /// One run.
    pub fn run(&self) -> Option<RunPage> {
        Some(RunPage {
            run: self.runs().into_iter().next()?,
            cases: self.test_report().cases,
            signatures: vec![self.signature("qa-lead", "Executed as the protocol says")],
        })
    }

    /// The test report.
    pub fn test_report(&self) -> TestReport {
        let case = |i: usize| CaseRow {
            id: self.id(RefKind::Item, &format!("TC-{:03}", i + 1)),
            title: self.t("Under 18 at start"),
            level: if i.is_multiple_of(3) { "unit".into() } else { "system".into() },
            verifies: vec![self.id(RefKind::Item, "SRS-012")],
            outcome: if i % 11 == 5 { Outcome::Deferred } else { Outcome::Pass },
            results: vec![CaseOutcome {
                run: self.id(RefKind::Run, "RUN-208"),
                outcome: Outcome::Pass,
                note: self.t("as expected"),
            }],
        };
        TestReport {
            cover: self.cover("DOC-STR", "Test report 2.4.0", "Software test report"),
            intro: self.t("Results on the software digest of 2.4.0."),
            summary: self.test_summary(),
            runs: self.runs(),
            cases: (0..30).map(case).collect(),
            deviations: self.deviations(),
        }
    }

    /// The releases.
    pub fn releases(&self) -> ReleaseList {
        let row = |version: &str, state, verdict, released: Option<&str>, signatures| ReleaseRow {
            id: Ref::new(RefKind::Release, version),
            build: format!("{version}+b.88"),
            kind: "full".into(),
            state,
            verdict,
            commit: self.inputs().commit.unwrap_or_default(),
            released: released.map(day),
            signatures,
            summary: self.t("Pediatric pathway"),
        };
        ReleaseList {
            rows: vec![
                row("2.4.0", ReleaseState::Candidate, Some(Verdict::Finding), None, (1, 5)),
                row("2.3.0", ReleaseState::Delivered, Some(Verdict::Pass), Some("2025-11-20"), (5, 5)),
            ],
        }
    }

    /// The clauses.
    pub fn clauses(&self) -> ClauseList {
        let row = |id: &str, title: &str, verdict, reason: &str| ClauseRow {
            clause: self.id(RefKind::Clause, id),
            title: self.t(title),
            classes: "B C".into(),
            subject: self.t("SYSTEM-app"),
            verdict,
            reason: self.t(reason),
            checked_by: vec![self.t("rule R0042"), "signed evaluation".into()],
            evidence: 10,
        };
        ClauseList {
            rows: vec![
                row(
                    "62304:5.7.4",
                    "System test procedures are evaluated",
                    Verdict::Finding,
                    "One link is suspect.",
                ),
                row(
                    "62304:5.8.1",
                    "Verification is complete",
                    Verdict::Pass,
                    "574 results on this software.",
                ),
                row(
                    "62304:5.8.3",
                    "Residual anomalies are evaluated",
                    Verdict::Finding,
                    "10 of 11 evaluated.",
                ),
                row("62304:5.4.2", "Detailed design of each unit", Verdict::NotApplicable, "class C only"),
            ],
        }
    }

    /// One clause.
    pub fn clause(&self) -> ClausePage {
        ClausePage {
            clause: self.id(RefKind::Clause, "62304:5.8.3"),
            title: self.t("Known residual anomalies are evaluated"),
            rows: self.clauses().rows.into_iter().skip(2).take(1).collect(),
            summary: self
                .t("Every known residual anomaly is judged for its contribution to an unacceptable risk."),
            evidence: vec![Evidence {
                what: self.t("evaluation of A-2025-011"),
                reference: Some(Ref::new(RefKind::Entry, "1279")),
                digest: Some(digest("e")),
                note: String::new(),
            }],
            findings: vec![self.finding()],
            crosswalk: vec![(self.id(RefKind::Clause, "14971:7.6"), self.t("completeness of risk control"))],
        }
    }

    /// A stretch of the ledger.
    pub fn ledger(&self) -> LedgerLog {
        let row = |seq, kind: &str, summary: &str| LedgerRow {
            seq,
            at: instant("2026-03-14T09:12:05.250Z"),
            actor: self.t("risk-owner"),
            via: "cli".into(),
            kind: self.t(kind),
            summary: self.t(summary),
            subject: Some(self.id(RefKind::Anomaly, "A-2025-011")),
            signed: true,
        };
        LedgerLog {
            rows: vec![
                row(1283, "anomaly/evaluate/v1", "evaluated A-2025-011 for 2.4.0: acceptable"),
                row(1282, "run/import/v1", "imported RUN-208: 94 pass, 2 not run"),
                row(1281, "anomaly/report/v1", "reported A-2024-087"),
            ],
            size: 1284,
            root: digest("root"),
            origin: self.t("example.com/triage"),
            matching: 1284,
            first: 0,
            verification: self.t("verified to 1 284 against the key in dossier.toml"),
            verified: true,
        }
    }

    /// One entry.
    pub fn entry(&self) -> Option<EntryPage> {
        let row = self.ledger().rows.into_iter().next()?;
        Some(EntryPage {
            row,
            leaf: digest("leaf"),
            json: self.t("{\"actor\":\"risk-owner\",\"kind\":\"anomaly/evaluate/v1\"}"),
            signature: Some(self.signature("risk-owner", "Evaluated for release 2.4.0")),
            size: 1284,
        })
    }
}

const PLAN: &str = "# Software development plan\n\nThis plan says how the software is **made, verified and released**, \
and who answers for what.\n\n## Roles\n\n| Role | Answers for |\n|---|---|\n| software-lead | architecture, integration, \
verification |\n| qa-lead | test reports, document control |\n| risk-owner | the risk file and every residual anomaly \
|\n\n## Process\n\n1. A change begins as a *change request*.\n2. It is implemented on a branch:\n   - code\n   - tests\n3. \
It is reviewed by somebody else.\n\n> No release without its archive, on the same day.\n\n```sh\ndossier check\ndossier \
release gate 2.4.0\n```\n\n### Tools\n\nCompiler and test runner are listed in `DOC-TOOLS`, see \
[the site](https://example.com/tools).\n\n![From change to release](drawings/process.svg)\n";

const DRAWING: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" width="420" height="70"><g fill="none" stroke="#0b6e6e" stroke-width="1.5"><rect x="2" y="15" width="100" height="40" rx="6"/><rect x="160" y="15" width="100" height="40" rx="6"/><rect x="318" y="15" width="100" height="40" rx="6"/><path d="M102 35H160M260 35H318"/></g></svg>"##;

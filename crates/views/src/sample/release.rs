//! The sample's release.

use vocabulary::SafetyClass;

use super::{Sample, day, digest, instant};
use crate::{
    AnomalyEvaluation, AnomalyRow, ArchiveFacts, BuildRecipe, ChangeRow, ChecklistLine, ConfigurationItem,
    DeliveryFacts, Deviation, Evidence, GatePage, GateSection, InputDigest, LinkState, PlatformRow, Ref,
    RefKind, ReleaseHeader, ReleaseRecord, ReleaseState, ResidualAnomaly, Seat, Verdict, VersionHistoryRow,
    WaiverRow,
};

impl Sample {
    /// The release record.
    pub fn release_record(&self) -> ReleaseRecord {
        let gate = self.gate();
        ReleaseRecord {
            id: self.t("REL-2.4.0"),
            header: gate.header,
            marks: self.inputs().marks,
            template: Some(InputDigest { name: self.t("DOC-RELEASE-RECORD revision 3"), digest: digest("template") }),
            verdict: gate.verdict,
            headline: gate.headline,
            manifest_digest: gate.manifest_digest,
            sections: gate.sections,
            adjacent: gate.adjacent,
            tests: self.test_summary(),
            runs: self.runs(),
            deviations: self.deviations(),
            waivers: self.waivers(),
            anomaly_query: self.t("state is open or will-not-fix, at ledger position 1279"),
            anomalies: gate.anomalies,
            risks: self.risk().rows,
            configuration: self.configuration(),
            soup: self.soup().rows,
            sbom_components: 147,
            sboms: vec![InputDigest { name: "CycloneDX 1.6".into(), digest: digest("cdx") }],
            build: Some(self.build()),
            checklist: self.checklist(),
            changes: vec![ChangeRow {
                id: self.id(RefKind::Change, "CR-7"),
                title: self.t("Pediatric pathway: age limit 18"),
                state: "verified".into(),
                approved_by: self.t("risk-owner"),
                verdict: Verdict::Pass,
            }],
            platforms: vec![PlatformRow {
                platform: self.t("Android 9 to 15"),
                verdict: Verdict::Pass,
                runs: vec![self.id(RefKind::Run, "RUN-208")],
            }],
            archive: Some(self.archive()),
            delivery: Some(DeliveryFacts {
                procedure: Some(self.id(RefKind::Document, "DOC-DELIVERY")),
                channel: self.t("store bundle, signed; roll-out in three steps"),
                integrity: self.t("the sealed manifest is published; `dossier delivery check` compares an installation with it"),
                signing: vec![],
                checks: vec![],
            }),
            seats: gate.seats,
            history: self.versions(),
            afterwards: gate.afterwards,
        }
    }

    /// The gate: six of eight pass.
    pub fn gate(&self) -> GatePage {
        GatePage {
            header: self.header(),
            marks: vec![],
            verdict: Verdict::Finding,
            headline: self.t("Not releasable: 2 findings"),
            reason: self.t(
                "One residual anomaly has no evaluation for this release; one SOUP review is 104 days old.",
            ),
            sections: self.sections(),
            adjacent: vec![
                self.section("14971 · 9", "Risk management review", Verdict::Pass, "Reviewed on 10 March."),
                self.section(
                    "13485 · 8.2.6",
                    "Person authorising the release",
                    Verdict::Pass,
                    "Named in every seat.",
                ),
                self.section(
                    "MDR II 6.1b",
                    "All platforms of the IFU have results",
                    Verdict::Pass,
                    "Seven of seven.",
                ),
            ],
            seats: self.seats(),
            manifest_digest: Some(digest("manifest")),
            anomalies: self.residual_anomalies(),
            afterwards: vec![],
        }
    }

    fn header(&self) -> ReleaseHeader {
        let inputs = self.inputs();
        ReleaseHeader {
            product: inputs.product,
            version: "2.4.0".into(),
            candidate: "2.4.0-rc1".into(),
            build: "2.4.0+b.8842".into(),
            kind: "full".into(),
            state: ReleaseState::Candidate,
            summary: self.t("Triage app with the pediatric pathway. Candidate since 12 March, archive due the day it is released."),
            udi: Some("(01)04012345678901(8012)2.4.0".into()),
            class: SafetyClass::B,
            systems: vec![(self.t("SYSTEM-app"), SafetyClass::B)],
            profile: inputs.profile,
            edition: inputs.edition,
            commit: inputs.commit.unwrap_or_default(),
            tree: inputs.tree,
            tag: Some("v2.4.0".into()),
            ledger: 1284,
            rule_set: inputs.rule_set,
            rule_set_digest: inputs.rule_set_digest,
            as_of: inputs.as_of,
            opened: Some(instant("2026-03-12T08:00:00.000Z")),
            sealed: None,
            released: None,
        }
    }

    fn section(&self, number: &str, title: &str, verdict: Verdict, reason: &str) -> GateSection {
        GateSection {
            number: number.into(),
            clause: self.id(RefKind::Clause, &format!("62304:{number}")),
            title: self.t(title),
            verdict,
            reason: self.t(reason),
            text: String::new(),
            evidence: vec![Evidence {
                what: self.t("unit and integration, 14 March 09:12"),
                reference: Some(self.id(RefKind::Run, "RUN-207")),
                digest: Some(digest(number)),
                note: self.t("as imported"),
            }],
            findings: vec![],
        }
    }

    fn sections(&self) -> Vec<GateSection> {
        let pass = Verdict::Pass;
        let mut sections = vec![
            self.section("5.8.1", "Verification is complete", pass, "574 results on this software digest: 412 unit, 68 integration, 94 of 96 system cases; 2 deferred with a signed deviation, both requirements verified otherwise."),
            self.section("5.8.2", "Residual anomalies are listed", pass, "11 residual anomalies, frozen by query at ledger 1 279."),
            self.section("5.8.3", "Residual anomalies are evaluated", Verdict::Finding, "10 of 11 evaluated for 2.4.0."),
            self.section("5.8.4", "Released version is documented", pass, "Version, build, commit and 212 configuration items."),
            self.section("5.8.5", "How it was created, rebuilt", Verdict::Advisory, "Rebuilt from the stage, 3 of 3 outputs identical; the same host built and rebuilt."),
            self.section("5.8.6", "Activities and tasks are complete", Verdict::Finding, "The review of SOUP-tokio is 104 days old; the plan asks for 90."),
            self.section("5.8.7", "Archive", pass, "Staged, destination written and read back; retention to 2041."),
            self.section("5.8.8", "Reliable delivery", pass, "Procedure approved; manifest is published with the release."),
        ];
        if let Some(section) = sections.get_mut(2) {
            section.findings.push(self.finding());
            section.text =
                self.t("Each residual anomaly is judged against the **risk file** of this release.");
        }
        sections
    }

    fn seats(&self) -> Vec<Seat> {
        let seat = |role: &str, title: &str, statement: &str| Seat {
            role: role.into(),
            title: self.t(title),
            statement: self.t(statement),
            signature: None,
            waits_for: Some(self.t("the gate")),
            ready: false,
        };
        let mut seats = vec![
            seat("software-lead", "Software lead", "Verification is complete"),
            seat("qa-lead", "QA lead", "Test reports are complete"),
            seat("risk-owner", "Risk owner", "Residual anomalies are evaluated"),
            seat("prrc", "PRRC", "Regulatory release"),
            seat("release-manager", "Release manager", "Archive and build are verified"),
        ];
        if let Some(seat) = seats.first_mut() {
            seat.signature =
                Some(self.signature("software-lead", "Verification of this release is complete"));
        }
        if let Some(seat) = seats.get_mut(1) {
            let mut signature = self.signature("qa-lead", "The test reports of this release are complete");
            signature.void = Some(self.t("A-2024-087 was reported at entry 1281, after the gate"));
            seat.signature = Some(signature);
        }
        seats
    }

    /// The residual anomalies: two, one of them not evaluated.
    pub fn residual_anomalies(&self) -> Vec<ResidualAnomaly> {
        let evaluation = AnomalyEvaluation {
            release: self.id(RefKind::Release, "2.4.0"),
            judgement: self.t("Changes the visual rendering only; the recommendation stays readable."),
            acceptable: true,
            hazards: vec![self.link("hazard", "H-12", "Delayed care", LinkState::Current)],
            controls: vec![self.link(
                "control",
                "RC-12.3",
                "Supported versions on the label",
                LinkState::Current,
            )],
            signature: self.signature("risk-owner", "Evaluated for release 2.4.0"),
            prrc: Some(self.signature("prrc", "Residual anomaly accepted for release 2.4.0")),
        };
        self.anomalies()
            .rows
            .into_iter()
            .enumerate()
            .map(|(i, anomaly)| ResidualAnomaly {
                anomaly,
                description: self.t("The result screen is cut off at the right edge.\n\n- Android 9\n- font scale above 150 %"),
                reproduction: self.t("Set the font scale to 200 %, answer any pathway, look at the result."),
                rationale: self.t("The platform's fix is not available on Android 9."),
                evaluation: (i > 0).then(|| evaluation.clone()),
            })
            .collect()
    }

    /// One anomaly of a list.
    pub fn anomaly(&self, id: &str, title: &str, verdict: Verdict, gap: &str) -> AnomalyRow {
        AnomalyRow {
            id: self.id(RefKind::Anomaly, id),
            title: self.t(title),
            state: "open".into(),
            severity: "minor".into(),
            found_in: "2.3.0".into(),
            affects: vec![self.id(RefKind::Item, "ITM-ui")],
            reported: instant("2024-11-08T14:02:00.000Z"),
            origin: "field".into(),
            verdict,
            gap: if gap.is_empty() { String::new() } else { self.t(gap) },
        }
    }

    /// Signed deviations.
    pub fn deviations(&self) -> Vec<Deviation> {
        ["TC-071", "TC-072"]
            .map(|case| Deviation {
                subject: self.id(RefKind::Item, case),
                reason: self.t("The test device for this platform arrives in April."),
                covered_by: self.t("Emulator run RUN-206 and inspection of the layout code."),
                anomaly: Some(self.id(RefKind::Anomaly, "A-2024-087")),
                signature: self.signature("qa-lead", "Deviation accepted"),
            })
            .into()
    }

    fn waivers(&self) -> Vec<WaiverRow> {
        vec![WaiverRow {
            rule: self.id(RefKind::Rule, "R0031"),
            subject: self.t("SOUP-tokio"),
            reason: self.t("Review is planned with 2.5.0."),
            expires: day("2026-06-30"),
            signature: self.signature("qa-lead", "Waiver granted"),
        }]
    }

    fn configuration(&self) -> Vec<ConfigurationItem> {
        (0..40)
            .map(|i| ConfigurationItem {
                id: Ref::plain(format!("src/pathway/questions/section_{i:02}/mod.rs")),
                kind: "source".into(),
                version: "2.4.0".into(),
                digest: digest(&i.to_string()),
                bytes: Some(1_204 * (i + 1)),
            })
            .chain(std::iter::once(ConfigurationItem {
                id: Ref::plain(self.t("target/release/triage")),
                kind: "artefact".into(),
                version: "2.4.0+b.8842".into(),
                digest: digest("artefact"),
                bytes: Some(8_345_112),
            }))
            .collect()
    }

    fn build(&self) -> BuildRecipe {
        let input = |name: &str| InputDigest { name: self.t(name), digest: digest(name) };
        BuildRecipe {
            commands: vec![
                self.t("cargo build --release --locked --offline"),
                "strip target/release/triage".into(),
            ],
            recipe: digest("recipe"),
            environment: self.t("Debian 12, Rust 1.95.0, gcc 12.2"),
            environment_digest: digest("environment"),
            tools: vec![("rustc".into(), self.t("1.95.0")), ("gcc".into(), "12.2.0".into())],
            variables: vec![("SOURCE_DATE_EPOCH".into(), "1773273600".into()), ("LANG".into(), "C".into())],
            inputs: vec![input("sources (git bundle)"), input("dependencies (21 crates)")],
            outputs: vec![input("triage"), input("triage.sbom.json"), input("questions.bin")],
            built_by: self.t("release-manager on build-host-2, 12 March 2026"),
            rebuild: self.t("identical, 3 of 3 outputs"),
            rebuild_verdict: Verdict::Pass,
        }
    }

    fn checklist(&self) -> Vec<ChecklistLine> {
        let line = |what: &str, document: &str, verdict, reason: &str| ChecklistLine {
            what: self.t(what),
            document: Some(self.id(RefKind::Document, document)),
            revision: "revision 7".into(),
            verdict,
            reason: if reason.is_empty() { String::new() } else { self.t(reason) },
        };
        vec![
            line("User manual", "DOC-MANUAL", Verdict::Pass, ""),
            line("Instructions for use", "DOC-IFU", Verdict::Pass, ""),
            line("Risk file", "DOC-RISK", Verdict::Finding, "the approved text is older than this release"),
            line(
                "Clinical evaluation",
                "DOC-CER",
                Verdict::NotApplicable,
                "no clinical claim changes (signed by prrc)",
            ),
        ]
    }

    fn archive(&self) -> ArchiveFacts {
        ArchiveFacts {
            destination: self.t(".dossier/archive"),
            second_copy: Some(self.t("s3://evidence-second/triage")),
            stage: Some(digest("stage")),
            manifest: None,
            retention: self.t("15 years after the last device: MDR 10(8), implantable part"),
            keep_until: Some(day("2041-03-14")),
            hold: Some(self.t("open-ended, extended every year")),
            protection: self.t("deletable by its administrator; the second copy is not"),
            read_back: self.t("every blob read back and hashed on 14 March 2026"),
            bytes: Some(1_263_004_112),
        }
    }

    fn versions(&self) -> Vec<VersionHistoryRow> {
        let row = |version: &str, released: &str, changes: &str| VersionHistoryRow {
            version: version.into(),
            tested: format!("{version}+b.88"),
            released: released.into(),
            date: (!released.is_empty()).then(|| day("2025-11-20")),
            changes: self.t(changes),
            difference: self.t("none"),
        };
        vec![
            row("2.4.0", "", "Pediatric pathway"),
            row("2.3.0", "2.3.0+b.88", "Accessibility of the result screen"),
        ]
    }
}

//! Made-up views of a triage app, for the tests and pictures of renderers. Nothing here is evidence of anything.
//!
//! With `hostile` every text carries characters that a careless renderer would act upon.

mod lists;
mod registers;
mod release;
mod security;

use vocabulary::{Date, Digest, Instant, SafetyClass};

use crate::{
    Badges, Cover, FindingPlace, FindingRow, Inputs, LinkCell, LinkState, Mark, MarkKind, Outcome, Page, Ref,
    RefKind, ResultCell, RevisionRow, Signature, Verdict,
};

/// Makes views; all texts go through [`Sample::t`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// Whether texts carry markup of every kind.
    pub hostile: bool,
}

/// What a hostile text ends with: HTML, typst, Markdown and spreadsheet markup at once.
pub const HOSTILE: &str =
    "\"><script>alert('x')</script> #panic(\"x\") *[a](javascript:x)* | $x$ @ref <l> \\ ` ~ {{x}}";

/// The inputs of the sample.
pub fn inputs() -> Inputs {
    Sample::default().inputs()
}

impl Sample {
    /// A text, made hostile where asked.
    pub fn t(&self, text: &str) -> String {
        if self.hostile { format!("{text} {HOSTILE}") } else { text.to_owned() }
    }

    /// The inputs.
    pub fn inputs(&self) -> Inputs {
        Inputs {
            product: self.t("triage"),
            commit: Some("9f3c2ab41d07e6550c1f0a7de1b7f2c0e55a9b31".into()),
            tree: digest("tree"),
            dirty: false,
            ledger: Some(1284),
            rule_set: self.t("62304 A1"),
            rule_set_digest: digest("rules"),
            profile: "playbook".into(),
            edition: "iec62304:2006+a1:2015".into(),
            as_of: day("2026-03-14"),
            class: Some(SafetyClass::B),
            marks: vec![Mark {
                kind: MarkKind::SimulatedClock,
                text: self.t("Simulated clock: not evidence"),
            }],
        }
    }

    /// A page around `body`.
    pub fn page<T>(&self, body: T) -> Page<T> {
        let badges = Badges { findings: 2, matrix: 3, risk: 0, soup: 2, anomalies: 11, documents: 0 };
        Page { inputs: self.inputs(), badges, body }
    }

    /// A cover.
    pub fn cover(&self, id: &str, title: &str, kind: &str) -> Cover {
        Cover {
            id: self.t(id),
            title: self.t(title),
            kind: self.t(kind),
            product: self.t("triage"),
            version: Some("2.4.0".into()),
            class: Some(SafetyClass::B),
            revision: "7".into(),
            digest: digest(id),
            file: Some(format!("dossier/{}.md", id.to_lowercase())),
            commit: self.inputs().commit,
            ledger: Some(1284),
            as_of: day("2026-03-14"),
            control: vec![
                ("State".into(), "effective".into()),
                ("In effect from".into(), "2026-03-12".into()),
                ("Review due".into(), "2027-03-12".into()),
            ],
            owner: "software-lead".into(),
            approvals: vec![
                self.signature(
                    "risk-owner",
                    "Reviewed: hazards, controls and their verification are complete",
                ),
                self.signature("qa-lead", "Approved for use in release 2.4.0"),
            ],
            history: vec![
                self.revision("7", "2026-03-11", "The age limit moves from 16 to 18 (CR-7)"),
                self.revision("6", "2026-02-02", "First text of the pediatric pathway (CR-5)"),
                self.revision("5", "2025-11-20", "As released with 2.3.0"),
            ],
            marks: vec![],
        }
    }

    fn revision(&self, revision: &str, date: &str, change: &str) -> RevisionRow {
        RevisionRow {
            revision: revision.into(),
            date: day(date),
            author: self.t("developer"),
            change: self.t(change),
            digest: digest(revision),
            approved_by: self.t("qa-lead"),
        }
    }

    /// A signature of the person in `role`.
    pub fn signature(&self, role: &str, meaning: &str) -> Signature {
        Signature {
            name: self.t(&role.replace('-', " ")),
            person: self.t(role),
            role: self.t(role),
            meaning: self.t(meaning),
            at: instant("2026-03-14T09:12:05.250Z"),
            key: self.t("SHA256:uNiVztksCsDhcc0u9e8BrwPbBBZM0YxGJu0gZqSbRrk"),
            enrolled: day("2025-06-02"),
            enrolled_in: Ref::new(RefKind::Entry, "14"),
            entry: Ref::new(RefKind::Entry, "1279"),
            digest: digest("manifest"),
            void: None,
        }
    }

    /// A link.
    pub fn link(&self, link: &str, id: &str, title: &str, state: LinkState) -> LinkCell {
        LinkCell {
            link: link.into(),
            target: self.id(RefKind::Item, id),
            title: if title.is_empty() { String::new() } else { self.t(title) },
            state,
            stamp: Some("5f3a9c21".into()),
        }
    }

    /// A test case with its outcome.
    pub fn result(&self, id: &str, title: &str, outcome: Outcome, state: LinkState) -> ResultCell {
        ResultCell {
            case: self.link("verifies", id, title, state),
            level: "system".into(),
            outcome,
            results: 9,
            run: Some(Ref::new(RefKind::Run, "RUN-208")),
        }
    }

    /// An id.
    pub fn id(&self, kind: RefKind, id: &str) -> Ref {
        Ref::new(kind, self.t(id))
    }

    /// A finding.
    pub fn finding(&self) -> FindingRow {
        FindingRow {
            rule: self.id(RefKind::Rule, "R0042"),
            name: "unevaluated-residual-anomaly".into(),
            verdict: Verdict::Finding,
            message: self.t("residual anomaly A-2024-087 has no evaluation for release 2.4.0"),
            subject: Some(self.id(RefKind::Anomaly, "A-2024-087")),
            clauses: vec![self.id(RefKind::Clause, "62304:5.8.3")],
            place: Some(FindingPlace {
                file: self.t("dossier/risks/rendering.md"),
                line: 41,
                column: 3,
                note: String::new(),
                snippet: Some(self.t("## RC-12.3 Supported versions on the label")),
            }),
            related: vec![FindingPlace {
                file: self.t("dossier/architecture/ui.md"),
                line: 12,
                column: 1,
                note: self.t("this item changed since the evaluation for 2.3.0"),
                snippet: None,
            }],
            why: self.t(
                "Triage result renders wrongly on Android 9 with a font scale above 150 %. Last evaluated for 2.3.0; \
                 the item ITM-ui changed since.",
            ),
            help: self.t("look at hazard H-12 and control RC-12.3, then record the evaluation"),
            command: Some(self.t("dossier anomaly evaluate A-2024-087 --release 2.4.0")),
            waived: None,
        }
    }

    /// A second finding, of another verdict.
    pub fn suspect(&self) -> FindingRow {
        FindingRow {
            rule: self.id(RefKind::Rule, "R0017"),
            name: "suspect-link".into(),
            verdict: Verdict::Finding,
            message: self.t("test case TC-031 was confirmed against an older text of SRS-012"),
            subject: Some(self.id(RefKind::Item, "TC-031")),
            clauses: vec![self.id(RefKind::Clause, "62304:5.7.4")],
            why: self.t("The text changed on 11 March (CR-7); the link was last confirmed on 2 February."),
            help: self.t("read both texts, re-run or justify, then confirm"),
            command: Some(self.t("dossier trace confirm TC-031")),
            related: vec![],
            ..self.finding()
        }
    }
}

/// A digest that is the same every time.
pub fn digest(of: &str) -> Digest {
    Digest::of(of.as_bytes())
}

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| Date::new(2026, 1, 1).unwrap_or_else(|| unreachable!("1 January exists")))
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap_or_else(|_| Instant::from_millis(0))
}

//! Registers of the made-up product: changes, complaints, an addendum.

use super::Sample;
use crate::{Ref, RefKind, Register, RegisterPage, RegisterRow, RegisterTable, Verdict};

impl Sample {
    /// A register.
    pub fn register(&self, name: &str) -> Register {
        let row = |kind: RefKind, id: &str, title: &str, verdict: Verdict, gap: &str| RegisterRow {
            id: self.id(kind, id),
            title: self.t(title),
            cells: vec![
                vec![Ref::plain(self.t("approved"))],
                vec![self.id(RefKind::Anomaly, "A-2024-087"), self.id(RefKind::Item, "SRS-012")],
            ],
            verdict,
            gap: self.t(gap),
        };
        Register {
            name: name.to_owned(),
            about: self.t("What is on record, newest first."),
            columns: vec!["State".into(), "Concerns".into()],
            rows: vec![
                row(
                    RefKind::Change,
                    "CR-7",
                    "Below 18, not below 16",
                    Verdict::Advisory,
                    "it is not implemented",
                ),
                row(
                    RefKind::Complaint,
                    "CMP-3",
                    "The wrong pathway",
                    Verdict::Finding,
                    "nobody decided whether it is reported",
                ),
                row(RefKind::Anomaly, "A-2024-087", "Late line", Verdict::Pass, ""),
            ],
        }
    }

    /// One record of a register.
    pub fn register_page(&self, id: Ref) -> RegisterPage {
        let cell = |text: &str| vec![Ref::plain(self.t(text))];
        RegisterPage {
            kind: "change request".into(),
            id,
            title: self.t("Below 18, not below 16"),
            state: "approved".into(),
            verdict: Verdict::Advisory,
            gap: self.t("it is not implemented"),
            text: self.t("The guideline speaks of *minors*."),
            fields: vec![
                ("category".into(), cell("corrective")),
                ("answers".into(), vec![self.id(RefKind::Anomaly, "A-2024-087")]),
            ],
            tables: vec![RegisterTable {
                heading: "Commits on record".into(),
                empty: "None.".into(),
                columns: vec!["Commit".into(), "First seen".into()],
                rows: vec![vec![cell("9fab98dc9"), cell("2026-03-11")]],
            }],
            history: vec![self.history("2026-03-09", "risk-owner", "approved", "no new hazard")],
        }
    }
}

//! See `risk_report_missing.md`.

use super::judged;
use crate::prelude::*;
use documents::Document;

rule!(RISK_REPORT_MISSING, "risk_report_missing", check);

const CLAUSE: &str = "14971:9";

/// The kind of document that the report has in its front matter.
const KIND: &str = "risk-management-report";

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let is_report =
        |d: &&Document| d.kind.as_deref() == Some(KIND) || d.front.clauses.iter().any(|c| c == CLAUSE);
    let report = cx.documents.controlled.iter().find(is_report);
    match report {
        Some(d) if cx.is_approved(d.id.as_str(), d.digest) => {
            out.saw_text(format!("risk management report {} {}", d.id, d.digest.short()));
        }
        Some(d) => {
            out.at(d.location()).about(d.id.to_string()).arg("release", release.version.to_owned());
        }
        None => {
            out.at(cx.whole_product()).about(release.version).arg("release", release.version.to_owned());
        }
    }
}

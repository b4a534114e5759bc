//! Anomalies against releases that are in the field (62304:6.2.1, 6.2.5): judged for each version, shown as an addendum of
//! the sealed release, which itself never changes.

use super::{existing, known};
use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::{Anomaly, Release};
use records::{Affected, AnomalyField, Disposition, EvaluationOutcome, Information, State};
use serde::Serialize;
use std::fmt::Write as _;
use vocabulary::ItemId;

/// A judgement, before what was known of the anomaly is bound to it.
#[derive(Clone, Debug)]
pub struct FieldJudgement {
    /// The anomaly.
    pub anomaly: String,
    /// The sealed release.
    pub release: String,
    /// Whether that release has it.
    pub affected: Affected,
    /// Whether the risk is acceptable.
    pub outcome: EvaluationOutcome,
    /// Hazards considered.
    pub hazards: Vec<ItemId>,
    /// Why.
    pub rationale: String,
    /// Users of that version.
    pub users: Information,
    /// Regulators.
    pub regulators: Information,
}

/// Judges an anomaly against a release in the field.
///
/// # Errors
/// When the release is not in the field, the anomaly does not exist, or a decision has no reason.
pub fn anomaly_judge(ws: &Workspace, actor: &Actor, judgement: &FieldJudgement) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let anomaly = existing(&state, &judgement.anomaly)?;
    known(&Analysis::of_work_tree(ws)?, judgement.hazards.iter())?;
    let body = AnomalyField {
        anomaly: judgement.anomaly.clone(),
        release: judgement.release.clone(),
        affected: judgement.affected,
        outcome: judgement.outcome,
        hazards: judgement.hazards.clone(),
        rationale: judgement.rationale.clone(),
        users: judgement.users.clone(),
        regulators: judgement.regulators.clone(),
        seen: anomaly.last_finding(),
    };
    let meaning = "I have judged this anomaly against a release in the field";
    ws.act_on(&ledger, &state, actor, meaning, &body)
}

/// Where an anomaly stands against one fielded release.
#[derive(Clone, Debug, Serialize)]
pub struct FieldedRow {
    /// The anomaly.
    pub anomaly: String,
    /// The release.
    pub release: String,
    /// `affected`, `not-affected`, `not judged`, `judged before the last finding`.
    pub standing: String,
    /// Its title.
    pub title: String,
}

/// Whether an anomaly has to be judged against a fielded release: it was reported or reopened after the seal, and is one.
pub(crate) fn concerns(anomaly: &Anomaly, release: &Release) -> bool {
    let Some(sealed) = &release.sealed else { return false };
    let known_since = anomaly.reopenings.last().map_or(0, |r| r.meta.seq).max(anomaly.report.meta.seq);
    let none = anomaly
        .resolution()
        .is_some_and(|r| matches!(r.body.disposition, Disposition::NotAnAnomaly | Disposition::Duplicate));
    known_since > sealed.meta.seq && !none
}

fn standing(anomaly: &Anomaly, version: &str) -> &'static str {
    match anomaly.judged_in(version).map(|j| &j.body) {
        None => "not judged",
        Some(j) if j.seen < anomaly.last_finding() => "judged before the last finding",
        Some(j) if j.affected == Affected::Affected => "affected",
        Some(_) => "not affected",
    }
}

/// Every anomaly that concerns a release in the field, or one anomaly against all of them.
///
/// # Errors
/// When the ledger cannot be read, or there is no such anomaly.
pub fn anomaly_fielded(
    ws: &Workspace,
    anomaly: Option<&str>,
    ledger_at: Option<u64>,
) -> Result<Vec<FieldedRow>> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    if let Some(id) = anomaly {
        existing(&state, id)?;
    }
    let mut rows = Vec::new();
    for (version, release) in state.fielded() {
        for (id, a) in state.anomalies.iter().filter(|(id, _)| anomaly.is_none_or(|w| w == id.as_str())) {
            if concerns(a, release) || a.judged_in(version).is_some() {
                rows.push(FieldedRow {
                    anomaly: id.clone(),
                    release: version.to_owned(),
                    standing: standing(a, version).to_owned(),
                    title: a.report.body.title.clone(),
                });
            }
        }
    }
    Ok(rows)
}

/// What came to be known of a sealed release after its seal.
#[derive(Clone, Debug, Serialize)]
pub struct Addendum {
    /// Always `dossier/addendum/v1`.
    pub format: &'static str,
    /// The release.
    pub release: String,
    /// The seal's entry, after which this begins.
    pub sealed: u64,
    /// The position up to which it was read.
    pub ledger: u64,
    /// The anomalies.
    pub anomalies: Vec<AddendumRow>,
}

/// An anomaly of an addendum.
#[derive(Clone, Debug, Serialize)]
pub struct AddendumRow {
    /// The anomaly.
    pub anomaly: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: String,
    /// The entry that reported it.
    pub entry: u64,
    /// See [`FieldedRow::standing`].
    pub standing: String,
    /// The judgement, where there is one.
    pub judgement: Option<AnomalyField>,
    /// Who signed it.
    pub signed_by: Option<String>,
}

/// The addendum of a sealed release.
///
/// # Errors
/// When there is no such release, or it is not sealed.
pub fn anomaly_addendum(ws: &Workspace, version: &str, ledger_at: Option<u64>) -> Result<Addendum> {
    addendum(&ws.ledger()?.listed(ws, ledger_at)?, version)
}

pub(crate) fn addendum(state: &State, version: &str) -> Result<Addendum> {
    let release = state.releases.get(version).ok_or_else(|| {
        Error::refused(format!("there is no release `{version}`"))
            .hint("list them with `dossier release list`")
    })?;
    let Some(sealed) = &release.sealed else {
        return Err(Error::refused(format!("release `{version}` is not sealed, so it has no addendum"))
            .hint("what is known of it stands in its record: dossier release show"));
    };
    let row = |(id, a): (&String, &Anomaly)| {
        let judged = a.judged_in(version);
        (concerns(a, release) || judged.is_some()).then(|| AddendumRow {
            anomaly: id.clone(),
            title: a.report.body.title.clone(),
            severity: a.report.body.severity.clone(),
            entry: a.report.meta.seq,
            standing: standing(a, version).to_owned(),
            judgement: judged.map(|j| j.body.clone()),
            signed_by: judged
                .and_then(|j| j.meta.signer.as_ref())
                .map(|s| format!("{} ({})", s.name, s.role)),
        })
    };
    Ok(Addendum {
        format: "dossier/addendum/v1",
        release: version.to_owned(),
        sealed: sealed.meta.seq,
        ledger: state.position,
        anomalies: state.anomalies.iter().filter_map(row).collect(),
    })
}

impl Addendum {
    /// For people, as Markdown.
    pub fn to_text(&self) -> String {
        let mut out = format!(
            "# Addendum to release {}\n\nAnomalies that became known after entry {} (the seal), up to position {} of the ledger.\n",
            self.release, self.sealed, self.ledger
        );
        if self.anomalies.is_empty() {
            out.push_str("\nNone was reported.\n");
        }
        for a in &self.anomalies {
            let _ = writeln!(
                out,
                "\n## {} {}\n\n- severity: {}\n- standing: {}",
                a.anomaly, a.title, a.severity, a.standing
            );
            let Some(j) = &a.judgement else { continue };
            let tell = |i: &Information| {
                let until = i.until.map(|d| format!(" until {d}")).unwrap_or_default();
                format!("{}{until}: {}", if i.needed { "yes" } else { "no" }, i.reason)
            };
            let outcome =
                if j.outcome == EvaluationOutcome::Acceptable { "acceptable" } else { "unacceptable" };
            let _ = writeln!(out, "- risk: {outcome}: {}", j.rationale);
            let _ = writeln!(out, "- users are told: {}", tell(&j.users));
            let _ = writeln!(out, "- regulators are told: {}", tell(&j.regulators));
            if let Some(by) = &a.signed_by {
                let _ = writeln!(out, "- signed by: {by}");
            }
        }
        out
    }
}

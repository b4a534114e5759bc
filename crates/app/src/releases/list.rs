//! `release list | withdraw`.

use super::{allowed, existing};
use crate::error::Result;
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::ReleaseWithdraw;
use release::steps::Step;
use serde::Serialize;

/// A release in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseRow {
    /// The version.
    pub version: String,
    /// `full`, `hotfix`, `ota`.
    pub kind: String,
    /// How far it has come.
    pub state: String,
    /// The candidate's number.
    pub candidate: u32,
    /// The build identifier.
    pub build: String,
    /// The frozen commit.
    pub commit: String,
    /// The release day, once sealed.
    pub day: String,
    /// The last verdict of the gate.
    pub verdict: String,
}

/// All releases, oldest opening first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn release_list(ws: &Workspace) -> Result<Vec<ReleaseRow>> {
    let state = ws.ledger()?.listed(ws, None)?;
    let missing = super::receipts::missing(ws, &state)?;
    let mut rows: Vec<(u64, ReleaseRow)> = Vec::new();
    for (version, release) in &state.releases {
        let (Some(first), Some(opened)) = (release.opened.first(), release.candidate()) else { continue };
        let row = ReleaseRow {
            version: version.clone(),
            kind: serde_json::to_value(opened.body.kind)
                .ok()
                .and_then(|v| Some(v.as_str()?.to_owned()))
                .unwrap_or_default(),
            state: if missing.contains(version) {
                "sealed, receipt missing".to_owned()
            } else {
                release.phase().as_str().to_owned()
            },
            candidate: opened.body.candidate,
            build: opened.body.build.clone(),
            commit: opened.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default(),
            day: release.sealed.as_ref().map(|s| s.body.day.to_string()).unwrap_or_default(),
            verdict: release.gate().map(|g| g.body.verdict.clone()).unwrap_or_default(),
        };
        rows.push((first.meta.seq, row));
    }
    rows.sort_by_key(|(seq, _)| *seq);
    Ok(rows.into_iter().map(|(_, r)| r).collect())
}

/// Withdraws a release.
///
/// # Errors
/// When there is none, or it is withdrawn already.
pub fn release_withdraw(ws: &Workspace, actor: &str, version: &str, reason: &str) -> Result<Appended> {
    said("a reason", reason)?;
    let state = ws.ledger()?.state(None)?;
    allowed(Step::Withdraw, existing(&state, version)?, version)?;
    super::receipts::none_missing(ws, &state, version)?;
    ws.record(actor, &ReleaseWithdraw { version: version.into(), reason: reason.into() })
}

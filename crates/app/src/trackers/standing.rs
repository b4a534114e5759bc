//! Where each tracker stands: what is mirrored from it, and up to when.

use super::DELETED;
use super::planner::{CLOSED, missing};
use super::times::instant;
use crate::error::Result;
use crate::workspace::Workspace;
use records::State;
use records::state::Anomaly;
use serde::Serialize;
use vocabulary::Instant;

/// Changes of the last minutes are read again: a tracker's clock and ours may differ, and an index may lag.
const OVERLAP_MS: i64 = 10 * 60 * 1000;

/// From when on changes are to be read; none where nothing was mirrored yet. Never later than now, whatever the tracker's
/// clock says.
pub(super) fn cursor(state: &State, name: &str, now: Instant) -> Option<Instant> {
    let mirrors = state.anomalies.values().flat_map(|a| &a.mirrors).filter(|m| m.body.tracker == name);
    let newest = mirrors.filter_map(|m| instant(&m.body.updated)).max()?;
    Some(Instant::from_millis(newest.min(now).millis().saturating_sub(OVERLAP_MS)))
}

/// A tracker in the list.
#[derive(Clone, Debug, Serialize)]
pub struct TrackerRow {
    /// Its name in `dossier.toml`.
    pub tracker: String,
    /// `github`, `gitlab`, `jira`, `linear`; empty where it is configured no more.
    pub kind: String,
    /// The project there.
    pub project: String,
    /// Anomalies that are mirrored from it.
    pub mirrored: usize,
    /// Those that are open here.
    pub open: usize,
    /// Those whose issue is gone.
    pub deleted: usize,
    /// Those that are closed there and open here.
    pub closed_there: Vec<String>,
    /// Those whose tracker does not say what a report needs, with the fields and the address.
    pub incomplete: Vec<String>,
    /// The newest change that is known.
    pub updated: Option<Instant>,
}

/// All trackers that are configured or were mirrored from.
///
/// # Errors
/// When the ledger cannot be read.
pub fn tracker_status(ws: &Workspace, ledger_at: Option<u64>) -> Result<Vec<TrackerRow>> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let mirrors = state.anomalies.values().filter_map(|a| a.mirror());
    let mut names: Vec<&str> = mirrors.map(|m| m.body.tracker.as_str()).collect();
    names.extend(ws.config.trackers.keys().map(String::as_str));
    names.sort_unstable();
    names.dedup();
    Ok(names.into_iter().map(|name| row(ws, &state, name)).collect())
}

fn row(ws: &Workspace, state: &State, name: &str) -> TrackerRow {
    let of = |a: &&Anomaly| a.mirror().is_some_and(|m| m.body.tracker == name);
    let all: Vec<&Anomaly> = state.anomalies.values().filter(of).collect();
    let config = ws.config.trackers.get(name);
    let is = |a: &Anomaly, test: &dyn Fn(&str) -> bool| a.mirror().is_some_and(|m| test(&m.body.status));
    let incomplete = |a: &&Anomaly| {
        let fields = missing(&a.report.body);
        let url = a.mirror().map(|m| m.body.url.as_str()).unwrap_or_default();
        (a.is_open() && !fields.is_empty())
            .then(|| format!("{}: {} {url}", a.report.body.anomaly, fields.join(", ")).trim_end().to_owned())
    };
    TrackerRow {
        tracker: name.to_owned(),
        kind: config.map(|c| c.kind.clone()).unwrap_or_default(),
        project: config.map(|c| c.project.clone()).unwrap_or_default(),
        mirrored: all.len(),
        open: all.iter().filter(|a| a.is_open()).count(),
        deleted: all.iter().filter(|a| is(a, &|s| s == DELETED)).count(),
        closed_there: all
            .iter()
            .filter(|a| a.resolution().is_none() && is(a, &|s| s.starts_with(CLOSED)))
            .map(|a| a.report.body.anomaly.clone())
            .collect(),
        incomplete: all.iter().filter_map(incomplete).collect(),
        updated: all.iter().flat_map(|a| &a.mirrors).filter_map(|m| instant(&m.body.updated)).max(),
    }
}

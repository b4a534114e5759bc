//! Anomalies mirrored from a tracker (62304:9): taken over from its exports, its API and its webhooks.
//!
//! The tracker owns what it says: title, description, fields and state. Dossier owns investigation, evaluation, judgement and
//! every signature; nothing that a tracker says touches those. Taking the same issues over again appends nothing.

mod hooks;
mod live;
mod planner;
mod standing;
mod times;

pub use hooks::{HookCall, tracker_webhook};
pub use planner::TrackerSyncRow;
pub use standing::{TrackerRow, tracker_status};

use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use interchange::tracker::{Issue, Tracker};
use planner::Planner;
use product::TrackerConfig;
use serde::Serialize;
use std::path::Path;

/// The value of [`AnomalyMirror::status`](records::AnomalyMirror) for an issue that is gone.
pub(crate) const DELETED: &str = "deleted";

/// How issues are taken over.
#[derive(Clone, Copy, Debug)]
pub struct Taking<'a> {
    /// Who takes them over, as entries name it.
    pub by: &'a str,
    /// These are all issues of the project: one that was mirrored and is not among them is gone.
    pub complete: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What taking issues over came to.
#[derive(Debug, Serialize)]
pub struct TrackerSynced {
    /// Always `dossier/tracker-sync/v1`.
    pub format: &'static str,
    /// The tracker's name in `dossier.toml`.
    pub tracker: String,
    /// Issues that were read.
    pub read: usize,
    /// Those among them that are anomalies here.
    pub anomalies: usize,
    /// Anomalies that are as they were.
    pub unchanged: usize,
    /// Whether nothing was appended because nothing was to be.
    pub dry_run: bool,
    /// What was done, and what was left alone and why, one for each issue that is not as it was.
    pub rows: Vec<TrackerSyncRow>,
    /// What could not be read.
    pub problems: Vec<String>,
    /// The first entry that was appended and the position afterwards.
    pub entries: Option<(u64, u64)>,
}

/// A tracker of `dossier.toml`.
fn configured<'w>(ws: &'w Workspace, name: &str) -> Result<(&'w TrackerConfig, Tracker)> {
    let all: Vec<&str> = ws.config.trackers.keys().map(String::as_str).collect();
    let tracker = ws.config.trackers.get(name).ok_or_else(|| {
        let hint = if all.is_empty() {
            "describe it in dossier.toml under [trackers.NAME]: kind, project, anomaly; see docs/trackers.md"
                .to_owned()
        } else {
            format!("dossier.toml has {}", all.join(", "))
        };
        Error::refused(format!("there is no tracker `{name}`")).hint(hint)
    })?;
    let kind = Tracker::of(&tracker.kind)
        .ok_or_else(|| Error::refused(format!("`{}` is no kind of tracker", tracker.kind)))?;
    Ok((tracker, kind))
}

/// Takes issues over from export files of a tracker.
///
/// # Errors
/// When there is no such tracker, a file cannot be read, or files that were said to be complete are not.
pub fn tracker_import(
    ws: &Workspace,
    name: &str,
    files: &[&Path],
    taking: Taking<'_>,
) -> Result<TrackerSynced> {
    let (config, kind) = configured(ws, name)?;
    let (mut issues, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        let bytes = std::fs::read(file).doing(format_args!("read {}", file.display()))?;
        let read = interchange::tracker::read(kind, &bytes);
        problems.extend(read.problems.into_iter().map(|p| format!("{}: {p}", file.display())));
        issues.extend(read.issues.into_iter().map(|issue| addressed(config, kind, issue)));
    }
    if issues.is_empty() && !problems.is_empty() {
        let mut error = Error::refused(problems.remove(0));
        for problem in problems {
            error = error.hint(problem);
        }
        return Err(error);
    }
    take(ws, name, &issues, problems, taking)
}

/// The CSV of Jira leaves out the addresses of its issues, which follow from their keys.
fn addressed(config: &TrackerConfig, kind: Tracker, mut issue: Issue) -> Issue {
    if let (true, Tracker::Jira, Some(site)) = (issue.url.is_empty(), kind, &config.url) {
        issue.url = format!("{}/browse/{}", site.trim_end_matches('/'), issue.key);
    }
    issue
}

/// Takes over what changed in a tracker since the last time, from its API; everything with `full`, which also finds what is gone.
///
/// # Errors
/// When there is no such tracker, no token, or the service does not answer.
pub fn tracker_sync(ws: &Workspace, name: &str, full: bool, taking: Taking<'_>) -> Result<TrackerSynced> {
    let (config, kind) = configured(ws, name)?;
    let state = ws.ledger()?.state(None)?;
    let since = if full { None } else { standing::cursor(&state, name, ws.clock.now()) };
    let read = live::fetch(name, config, kind, since)?;
    let complete = full && read.problems.is_empty();
    take(ws, name, &read.issues, read.problems, Taking { complete, ..taking })
}

/// Plans what the issues come to and appends it in one transaction.
fn take(
    ws: &Workspace,
    name: &str,
    issues: &[Issue],
    problems: Vec<String>,
    taking: Taking<'_>,
) -> Result<TrackerSynced> {
    if taking.complete && !problems.is_empty() {
        return Err(Error::refused(format!(
            "not everything could be read, so nothing is known to be gone: {}",
            problems.join("; ")
        ))
        .hint("mend the export, or leave `--complete` out"));
    }
    let (config, _) = configured(ws, name)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let mut planner = Planner::new(ws, &state, name, config, taking.by);
    for issue in issues {
        planner.issue(issue)?;
    }
    if taking.complete {
        planner.gone(issues)?;
    }
    planner.endings(issues)?;
    let planned = planner.done();
    let appended = if planned.drafts.is_empty() || taking.dry_run {
        None
    } else {
        Some(ws.append(&ledger, &state, &planned.drafts)?)
    };
    let entries = match appended {
        Some(Appended::Entries { first, position }) => Some((first, position)),
        _ => None,
    };
    Ok(TrackerSynced {
        format: "dossier/tracker-sync/v1",
        tracker: name.to_owned(),
        read: issues.len(),
        anomalies: planned.anomalies,
        unchanged: planned.unchanged,
        dry_run: taking.dry_run,
        rows: planned.rows,
        problems: problems.into_iter().chain(planned.problems).collect(),
        entries,
    })
}

#[cfg(test)]
mod tests {
    /// A field that a tracker fills and nothing could take over would be lost in silence.
    #[test]
    fn what_a_tracker_fills_can_be_amended() {
        for field in product::TRACKER_FIELDS {
            assert!(field == "affects" || records::AMENDABLE.contains(&field), "{field}");
        }
    }
}

//! Lists of change requests and of the commits that they cover.

use super::existing;
use crate::analysis::{Analysis, Inputs};
use crate::anomalies::{Asking, query_error, question};
use crate::error::Result;
use crate::placed::{all_placed, placed};
use crate::workspace::Workspace;
use records::State;
use records::state::Change;
use serde::Serialize;
use std::collections::BTreeMap;

/// A change request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// The id.
    pub change: String,
    /// `requested`, `analysed`, `approved`, `implemented`, `verified`, `closed`, `dropped`.
    pub state: String,
    /// `corrective`, `adaptive`, `perfective`, `preventive`; empty where it was not said.
    pub category: String,
    /// One line.
    pub title: String,
    /// Problem reports that it answers.
    pub answers: Vec<String>,
    /// Commits that records name.
    pub commits: Vec<String>,
}

/// The change requests that answer a question.
///
/// # Errors
/// When the ledger cannot be read, or the question is none.
pub fn change_list(ws: &Workspace, asking: &Asking) -> Result<Vec<ChangeRow>> {
    let state = ws.ledger()?.listed(ws, asking.ledger_at)?;
    let as_of = match asking.as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let text = question(&state, "changes", asking)?;
    let chosen = monitoring::changes::choose(&state, &text, as_of).map_err(|e| query_error(&text, e))?;
    Ok(chosen.into_iter().map(|c| row(c.id, c.change)).collect())
}

fn row(id: &str, c: &Change) -> ChangeRow {
    ChangeRow {
        change: id.to_owned(),
        state: c.stage().to_owned(),
        category: c.opened.body.category.map(|k| k.as_str().to_owned()).unwrap_or_default(),
        title: c.opened.body.title.clone(),
        answers: c.opened.body.answers.clone(),
        commits: c.implementations.iter().flat_map(|i| i.body.commits.clone()).collect(),
    }
}

/// A commit since the last baseline, and what covers it.
#[derive(Clone, Debug, Serialize)]
pub struct CommitRow {
    /// Its id.
    pub commit: String,
    /// The first line of its message.
    pub summary: String,
    /// Change requests, each with how the commit is tied to it.
    pub changes: BTreeMap<String, String>,
    /// Ids that its message names and that are no change requests.
    pub unknown: Vec<String>,
    /// Configuration items that it touches.
    pub touches: Vec<String>,
    /// The entry that first saw it or its patch.
    pub observed: Option<u64>,
    /// Whether it needs a change request and has none.
    pub uncovered: bool,
}

/// The commits since the last baseline.
///
/// # Errors
/// When the repository or the ledger cannot be read.
pub fn change_commits(ws: &Workspace, inputs: &Inputs) -> Result<Vec<CommitRow>> {
    commits_of(ws, &Analysis::listed(ws, inputs)?)
}

pub(super) fn commits_of(ws: &Workspace, analysis: &Analysis) -> Result<Vec<CommitRow>> {
    let history = crate::histories::load(ws, analysis, None)?.unwrap_or_default();
    let row = |c: &model::history::Commit| CommitRow {
        commit: c.id.clone(),
        summary: c.summary.clone(),
        changes: c.changes.iter().map(|(id, tie)| (id.clone(), tie.to_text())).collect(),
        unknown: c.unknown.clone(),
        touches: c.touches.clone(),
        observed: c.observed,
        uncovered: c.changes.is_empty() && !c.touches.is_empty(),
    };
    Ok(history.commits.iter().map(row).collect())
}

/// One change request with its history, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn change_show(ws: &Workspace, change: &str, inputs: &Inputs) -> Result<serde_json::Value> {
    let analysis = Analysis::listed(ws, inputs)?;
    let state: &State = &analysis.state;
    let c = existing(state, change)?;
    let commits: Vec<CommitRow> =
        commits_of(ws, &analysis)?.into_iter().filter(|r| r.changes.contains_key(change)).collect();
    let answered: Vec<&String> = state
        .anomalies
        .iter()
        .filter(|(_, a)| monitoring::anomalies::changes_of(a).contains(&change))
        .map(|(id, _)| id)
        .collect();
    Ok(serde_json::json!({
        "format": "dossier/change/v1",
        "change": change,
        "state": c.stage(),
        "request": placed(&c.opened),
        "analyses": all_placed(&c.analyses),
        "approvals": all_placed(&c.approvals),
        "implementations": all_placed(&c.implementations),
        "regressions": all_placed(&c.regressions),
        "reanalyses": all_placed(&c.reanalyses),
        "verifications": all_placed(&c.verifications),
        "closed": c.closed.as_ref().map(placed),
        "commits": commits,
        "anomalies": answered,
    }))
}

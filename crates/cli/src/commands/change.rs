//! `dossier change`.

use super::anomaly::ids;
use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::Result;
use app::records::{ChangeApprove, ChangeClose, ChangeImplement, ChangeOpen, ChangeVerify};
use clap::Subcommand;

/// `dossier change`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Request a change. Example: dossier change open CR-7 --title "…" --reason "…" --safety-analysis "…"
    Open {
        /// The id.
        change: String,
        /// One line.
        #[arg(long)]
        title: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Affected items.
        #[arg(long, value_delimiter = ',')]
        affects: Vec<String>,
        /// Problem reports and anomalies that it answers.
        #[arg(long, value_delimiter = ',')]
        answers: Vec<String>,
        /// Effect on safety and on existing risk controls (62304:7.4).
        #[arg(long, default_value = "")]
        safety_analysis: String,
        /// Who requests.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Approve a change request before it is implemented, signed.
    Approve {
        /// The change request.
        change: String,
        /// On what grounds.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Name the commits that implement it.
    Implement {
        /// The change request.
        change: String,
        /// Revisions.
        #[arg(long, value_delimiter = ',', required = true)]
        commits: Vec<String>,
        /// Who implemented.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Verify a change, signed.
    Verify {
        /// The change request.
        change: String,
        /// Runs and reviews that show it.
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Close a change request.
    Close {
        /// The change request.
        change: String,
        /// It was refused or dropped.
        #[arg(long)]
        not_done: bool,
        /// Why it is closed.
        #[arg(long)]
        reason: String,
        /// Who closes.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// All change requests.
    List,
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            Verb::Open { change, title, reason, affects, answers, safety_analysis, by } => {
                let affects = ids(&affects)?;
                let what = format!("opened {change}");
                let body = ChangeOpen { change, title, reason, affects, answers, safety_analysis };
                (what, app::change_open(&ws, &by, &body)?)
            }
            Verb::Approve { change, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                (
                    format!("approved {change}"),
                    app::change_approve(&ws, &actor, &ChangeApprove { change, reason })?,
                )
            }
            Verb::Implement { change, commits, by } => {
                let what = format!("recorded {} commits of {change}", commits.len());
                (what, app::change_implement(&ws, &by, &ChangeImplement { change, commits })?)
            }
            Verb::Verify { change, evidence, signing } => {
                let actor = signing.actor(&ws, None)?;
                (
                    format!("verified {change}"),
                    app::change_verify(&ws, &actor, &ChangeVerify { change, evidence })?,
                )
            }
            Verb::Close { change, not_done, reason, by } => {
                let body = ChangeClose { change: change.clone(), done: !not_done, reason };
                (format!("closed {change}"), app::change_close(&ws, &by, &body)?)
            }
            Verb::List => return list(&ws, global),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn list(ws: &app::Workspace, global: &Global) -> Result<Outcome> {
    let rows = app::change_list(ws)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/changes/v1", "changes": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |c: &app::ChangeRow| vec![c.change.clone(), c.state.clone(), c.title.clone()];
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["change", "state", "title"], &rows));
    Ok(Outcome::Clean)
}

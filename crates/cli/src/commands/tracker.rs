//! `dossier tracker`: anomalies mirrored from GitHub, GitLab, Jira and Linear.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::{Result, Taking, TrackerSynced};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// `dossier tracker`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Take issues over from export files of a tracker: JSON of GitHub, GitLab, Jira or Linear, their CSV, or the XML of Jira.
    /// Example: dossier tracker import jira export.csv --dry-run
    Import {
        /// The tracker's name in dossier.toml.
        tracker: String,
        /// The files; `-` is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The files hold all issues of the project: what was mirrored and is not among them is gone.
        #[arg(long)]
        complete: bool,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// Who takes them over.
        #[arg(long, default_value = "tracker")]
        by: String,
    },
    /// Take over what changed since the last time, from the tracker's API. The token is in the environment.
    /// Example: DOSSIER_TRACKER_JIRA_TOKEN=… dossier tracker sync jira
    Sync {
        /// The tracker's name; all where absent.
        tracker: Option<String>,
        /// Everything again; finds issues that are gone.
        #[arg(long)]
        full: bool,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// Who takes it over.
        #[arg(long, default_value = "tracker")]
        by: String,
    },
    /// Where each tracker stands: what is mirrored, what is missing there, what disagrees.
    /// Example: dossier tracker status --format json
    Status {
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::Import { tracker, files, complete, dry_run, by } => {
                let files: Vec<PathBuf> = files
                    .into_iter()
                    .map(|f| if f == Path::new("-") { PathBuf::from("/dev/stdin") } else { f })
                    .collect();
                let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
                let done = app::tracker_import(&ws, &tracker, &files, Taking { by: &by, complete, dry_run })?;
                show(global, &[done]);
            }
            Verb::Sync { tracker, full, dry_run, by } => {
                let names = match tracker {
                    Some(name) => vec![name],
                    None => ws.config.trackers.keys().cloned().collect(),
                };
                if names.is_empty() {
                    return Err(app::Error::refused("dossier.toml names no tracker")
                        .hint("describe one under [trackers.NAME]: kind, project, anomaly"));
                }
                let taking = Taking { by: &by, complete: false, dry_run };
                let mut done = Vec::new();
                for name in &names {
                    done.push(app::tracker_sync(&ws, name, full, taking)?);
                }
                show(global, &done);
            }
            Verb::Status { inputs } => {
                let rows = app::tracker_status(&ws, inputs.ledger_at)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/trackers/v1", "trackers": rows}));
                    return Ok(Outcome::Clean);
                }
                let cells = |r: &app::TrackerRow| {
                    vec![
                        r.tracker.clone(),
                        r.kind.clone(),
                        r.project.clone(),
                        r.mirrored.to_string(),
                        r.open.to_string(),
                        r.deleted.to_string(),
                        r.closed_there.len().to_string(),
                        r.incomplete.len().to_string(),
                        r.updated.map(|u| u.to_string()).unwrap_or_default(),
                    ]
                };
                let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
                let head = [
                    "tracker",
                    "kind",
                    "project",
                    "mirrored",
                    "open",
                    "gone",
                    "closed there",
                    "incomplete",
                    "newest",
                ];
                print::out(&print::table(&head, &cells));
                for row in &rows {
                    for id in &row.closed_there {
                        print::out(&format!("{id} is closed in {} and open here\n", row.tracker));
                    }
                    for line in &row.incomplete {
                        print::out(&format!("{} says nothing of {line}\n", row.tracker));
                    }
                }
            }
        }
        Ok(Outcome::Clean)
    }
}

fn show(global: &Global, done: &[TrackerSynced]) {
    if global.json() {
        match done {
            [one] => print::json(&serde_json::json!(one)),
            all => print::json(&serde_json::json!({"format": "dossier/tracker-syncs/v1", "trackers": all})),
        }
        return;
    }
    for d in done {
        let cells = |r: &app::TrackerSyncRow| {
            vec![r.key.clone(), r.anomaly.clone(), r.outcome.to_owned(), r.text.clone(), r.url.clone()]
        };
        let cells: Vec<Vec<String>> = d.rows.iter().map(cells).collect();
        if !cells.is_empty() {
            print::out(&print::table(&["issue", "anomaly", "outcome", "", "address"], &cells));
        }
        let appended = match (d.entries, d.dry_run) {
            (Some((first, position)), _) => format!("entries {first} to {}", position.saturating_sub(1)),
            (None, true) => "nothing was appended (--dry-run)".to_owned(),
            (None, false) => "nothing to append".to_owned(),
        };
        print::out(&format!(
            "{}: {} issues read, {} of them anomalies, {} unchanged; {appended}\n",
            d.tracker, d.read, d.anomalies, d.unchanged
        ));
        for problem in &d.problems {
            eprintln!("not read: {problem}");
        }
    }
}

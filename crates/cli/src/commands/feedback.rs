//! `dossier feedback`: maintenance (62304:6).

use super::anomaly::date;
use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::records::{FeedbackEvaluate, FeedbackSource, InstallationFind, NoticeIssue};
use app::{Error, Result};
use clap::Subcommand;

/// `dossier feedback`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Register a source of feedback, or change it.
    /// Example: dossier feedback source hotline --description "calls of clinics" --every 30 --owner qa-lead
    Source {
        /// A short name.
        source: String,
        /// What comes through it, and from whom.
        #[arg(long)]
        description: String,
        /// Days between two evaluations.
        #[arg(long, value_name = "DAYS")]
        every: u32,
        /// The role that evaluates it.
        #[arg(long)]
        owner: String,
        /// It is no longer in use.
        #[arg(long)]
        closed: bool,
        /// Who registers.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Record the evaluation of what came through a source; "nothing came" is a result.
    /// Example: dossier feedback evaluate hotline --from 2026-02-01 --to 2026-02-28 --messages 14 --anomalies A-7 --conclusion "…"
    Evaluate {
        /// The source.
        source: String,
        /// The first day.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        to: String,
        /// How many messages there were.
        #[arg(long)]
        messages: u64,
        /// The problem reports that they led to.
        #[arg(long, value_delimiter = ',')]
        anomalies: Vec<String>,
        /// The complaints among them.
        #[arg(long, value_delimiter = ',')]
        complaints: Vec<String>,
        /// The effect on the safety of released software, and whether a change is needed.
        #[arg(long)]
        conclusion: String,
        /// Who evaluated.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Record that users or regulators were told (62304:6.2.5).
    /// Example: dossier feedback notice FSN-3 --audience users --about A-7 --versions 2.3.0 --message "…" --sent "mail of 2026-03-02"
    Notice {
        /// The id.
        notice: String,
        /// `users` or `regulators`.
        #[arg(long)]
        audience: String,
        /// The anomalies or changes that it is about.
        #[arg(long, value_delimiter = ',', required = true)]
        about: Vec<String>,
        /// The versions concerned.
        #[arg(long, value_delimiter = ',', required = true)]
        versions: Vec<String>,
        /// The problem, and what follows when nothing is done; the change, and how to get it.
        #[arg(long)]
        message: String,
        /// How and when it was sent, and its reference.
        #[arg(long)]
        sent: String,
        /// Who sent it.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Record a version that was found installed: one that no sealed release knows is a finding (62304:6.3.2).
    /// Example: dossier feedback installed site-7 --version 2.4.1 --found "service report 881"
    Installed {
        /// Where.
        installation: String,
        /// The version that it reports.
        #[arg(long)]
        version: String,
        /// The SHA-256 digests of its files.
        #[arg(long, value_delimiter = ',')]
        artefacts: Vec<String>,
        /// How it was found.
        #[arg(long)]
        found: String,
        /// Who found it.
        #[arg(long, default_value = "service")]
        by: String,
    },
    /// The sources of feedback with the day on which each is due.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            Verb::Source { source, description, every, owner, closed, by } => {
                let what = format!("registered {source}");
                let body = FeedbackSource { source, description, every_days: every, owner, active: !closed };
                (what, app::feedback_source(&ws, &by, &body)?)
            }
            Verb::Evaluate { source, from, to, messages, anomalies, complaints, conclusion, by } => {
                let what = format!("recorded the evaluation of {source}");
                let (from, to) = (date("from", &from)?, date("to", &to)?);
                let body = FeedbackEvaluate { source, from, to, messages, anomalies, complaints, conclusion };
                (what, app::feedback_evaluate(&ws, &by, &body)?)
            }
            Verb::Notice { notice, audience, about, versions, message, sent, by } => {
                let what = format!("recorded {notice}");
                let body = NoticeIssue { notice, audience, about, versions, message, sent };
                (what, app::notice_issue(&ws, &by, &body)?)
            }
            Verb::Installed { installation, version, artefacts, found, by } => {
                let what = format!("recorded {version} at {installation}");
                let digest =
                    |t: &String| t.parse().map_err(|_| Error::refused(format!("`{t}` is no SHA-256 digest")));
                let artefacts = artefacts.iter().map(digest).collect::<Result<_>>()?;
                let body = InstallationFind { installation, version, artefacts, found };
                (what, app::installation_find(&ws, &by, &body)?)
            }
            Verb::List { inputs } => {
                let rows = app::feedback_list(&ws, inputs.ledger_at)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/feedback/v1", "sources": rows}));
                    return Ok(Outcome::Clean);
                }
                let day = |d: Option<app::Date>| d.map(|d| d.to_string()).unwrap_or_default();
                let cells = |r: &app::SourceRow| {
                    vec![
                        r.source.clone(),
                        r.owner.clone(),
                        day(r.evaluated_to),
                        day(r.due),
                        r.description.clone(),
                    ]
                };
                let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
                print::out(&print::table(&["source", "owner", "evaluated to", "due", "description"], &cells));
                return Ok(Outcome::Clean);
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

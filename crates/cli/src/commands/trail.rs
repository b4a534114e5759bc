//! `dossier ledger audit | copy | review | anchor`: the audit trail, and checkpoints out of its keeper's reach.

use super::person::vocabulary_date::DateArg;
use crate::context::{Format, Global, Signing};
use crate::print::{self, Outcome};
use app::{AnchorTo, Result, TrailForm, TrailQuery, Workspace};
use clap::Subcommand;
use std::path::PathBuf;

/// What is done with the trail.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// The audit trail: who, when, from where, what, old and new value, reason. Forms: table, json, csv, md, html.
    /// Example: dossier ledger audit --who qa-lead --since 2026-03-01 --format csv
    Audit {
        /// Only this person or process.
        #[arg(long)]
        who: Option<String>,
        /// Only kinds that begin so: `release/`, `document/approve`.
        #[arg(long)]
        act: Option<String>,
        /// Only entries about this: `AN-7`, `2.4.0`, `DOC-SDP`.
        #[arg(long)]
        about: Option<String>,
        /// From this day on.
        #[arg(long, value_name = "DATE")]
        since: Option<DateArg>,
        /// Up to this day.
        #[arg(long, value_name = "DATE")]
        until: Option<DateArg>,
        /// Only entries that hold these words.
        #[arg(long)]
        text: Option<String>,
        /// Only refused acts, refused logins, locked accounts.
        #[arg(long)]
        refused: bool,
        /// The trail as it stood at this position.
        #[arg(long, value_name = "N")]
        ledger_at: Option<u64>,
    },
    /// A complete copy of the trail for an inspection: HTML, CSV, JSON, and the entries with their proofs.
    Copy {
        /// A new or empty folder.
        directory: PathBuf,
        /// Who copies; the copy is an entry.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// The periodic review of the trail, signed. Example: dossier ledger review --outcome "nothing unusual" --as qa-lead
    Review {
        /// The first entry; where the last review ended if absent.
        #[arg(long)]
        from: Option<u64>,
        /// One past the last entry; all if absent.
        #[arg(long)]
        to: Option<u64>,
        /// What was found.
        #[arg(long)]
        outcome: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Put a signed checkpoint where this ledger's keeper cannot change it; without a place, to those of `[anchors]`.
    /// Example: dossier ledger anchor --tsa http://tsa.example/tsr
    Anchor {
        /// Into this folder.
        #[arg(long, value_name = "DIR", conflicts_with_all = ["git", "tsa"])]
        folder: Option<PathBuf>,
        /// Into the branch `dossier-anchors` of this git remote.
        #[arg(long, value_name = "REMOTE", conflicts_with = "tsa")]
        git: Option<String>,
        /// To this RFC 3161 authority.
        #[arg(long, value_name = "URL")]
        tsa: Option<String>,
        /// Also write the checkpoint and its token into this folder, for `dossier-verify --trust`.
        #[arg(long, value_name = "DIR", requires = "tsa")]
        stamp_to: Option<PathBuf>,
        /// Skip places whose last anchor is younger: a scheduler may call this every hour.
        #[arg(long, value_name = "N", default_value_t = 0)]
        every_hours: u32,
        /// Who anchors.
        #[arg(long, default_value = "dossier")]
        by: String,
    },
}

impl Verb {
    pub(crate) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        match self {
            Verb::Audit { who, act, about, since, until, text, refused, ledger_at } => {
                let (since, until) = (since.map(|d| d.0), until.map(|d| d.0));
                let rows =
                    app::trail(ws, &TrailQuery { who, act, about, since, until, text, refused }, ledger_at)?;
                audit(ws, global, &rows)?;
            }
            Verb::Copy { directory, by } => {
                let (size, _) = app::trail_export(ws, &by, &directory)?;
                eprintln!(
                    "wrote {size} entries to {}: audit-trail.html, .csv, .json, and ledger/",
                    directory.display()
                );
            }
            Verb::Review { from, to, outcome, signing } => {
                let actor = signing.actor(ws, None)?;
                let done = app::trail_review(ws, &actor, from, to, &outcome)?;
                print::appended(global.json(), "the audit trail is reviewed", &done);
            }
            Verb::Anchor { folder, git, tsa, stamp_to, every_hours, by } => {
                let place = folder
                    .map(AnchorTo::Folder)
                    .or(git.map(AnchorTo::Git))
                    .or(tsa.map(|url| AnchorTo::Authority(url, stamp_to)));
                let done = match place {
                    Some(to) => vec![app::ledger_anchor(ws, &by, &to)?],
                    None => app::ledger_anchor_due(ws, &by, every_hours)?,
                };
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/anchors/v1", "anchors": done}));
                } else if done.is_empty() {
                    eprintln!("every anchor is young enough");
                }
                for a in done.iter().filter(|_| !global.json()) {
                    let time = a.time.as_deref().map(|t| format!(", stamped {t}")).unwrap_or_default();
                    eprintln!("history up to entry {} is anchored: {} {}{time}", a.size, a.to, a.place);
                }
            }
        }
        Ok(Outcome::Clean)
    }
}

fn audit(ws: &Workspace, global: &Global, rows: &[app::TrailRow]) -> Result<()> {
    let form = match global.format {
        Some(Format::Json) => TrailForm::Json,
        Some(Format::Csv) => TrailForm::Csv,
        Some(Format::Html) => TrailForm::Html,
        Some(Format::Md) => TrailForm::Markdown,
        _ => {
            let cells = |r: &app::TrailRow| {
                let who = if r.role.is_empty() { r.name.clone() } else { format!("{} ({})", r.name, r.role) };
                vec![
                    r.entry.to_string(),
                    r.at.clone(),
                    who,
                    r.from.clone(),
                    r.act.clone(),
                    r.about.clone(),
                    r.reason.clone(),
                ]
            };
            let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            print::out(&print::table(
                &["entry", "when", "who", "from where", "act", "about", "reason"],
                &rows,
            ));
            return Ok(());
        }
    };
    if form != TrailForm::Json {
        app::export_noted(ws, "audit trail")?;
    }
    print::out(&app::trail_text(&ws.config.product.name, rows, form)?);
    Ok(())
}

//! `dossier anomaly`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::records::{
    AnomalyInvestigate, AnomalyReport, AnomalyResolve, AnomalyVerify, Disposition, EvaluationOutcome,
};
use app::{Error, ItemId, Result};
use clap::{Subcommand, ValueEnum};

/// `dossier anomaly`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Report an anomaly. Example: dossier anomaly report A-7 --title "…" --description "…" --found "…" --version 2.3.0 --severity minor
    Report {
        /// The id in the firm's scheme.
        anomaly: String,
        /// One line.
        #[arg(long)]
        title: String,
        /// What departs from what is expected.
        #[arg(long)]
        description: String,
        /// How it was found.
        #[arg(long)]
        found: String,
        /// How to reproduce it.
        #[arg(long, default_value = "")]
        reproduction: String,
        /// Affected items.
        #[arg(long, value_delimiter = ',')]
        affects: Vec<String>,
        /// The affected function, in the user's words.
        #[arg(long, default_value = "")]
        function: String,
        /// The version in which it was seen.
        #[arg(long)]
        version: String,
        /// Severity in the firm's scale.
        #[arg(long)]
        severity: String,
        /// Criticality to performance, safety and security.
        #[arg(long, default_value = "")]
        criticality: String,
        /// Who reports.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Record cause and safety relevance.
    Investigate {
        /// The anomaly.
        anomaly: String,
        /// The cause, or why it could not be found.
        #[arg(long)]
        cause: String,
        /// It is relevant to safety.
        #[arg(long)]
        safety_relevant: bool,
        /// Hazards that it could contribute to.
        #[arg(long, value_delimiter = ',')]
        hazards: Vec<String>,
        /// A change request, or the reason for none.
        #[arg(long)]
        outcome: String,
        /// Who investigated.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Evaluate a residual anomaly for one release, signed.
    /// Example: dossier anomaly evaluate A-2024-087 --release 2.4.0 --outcome acceptable --hazards H-12 --controls RC-12.3 --rationale "…" --as risk-owner
    Evaluate {
        /// The anomaly.
        anomaly: String,
        /// The release.
        #[arg(long)]
        release: String,
        /// The verdict.
        #[arg(long, value_enum)]
        outcome: OutcomeArg,
        /// Hazards and hazardous situations considered.
        #[arg(long, value_delimiter = ',')]
        hazards: Vec<String>,
        /// Controls that keep the risk acceptable.
        #[arg(long, value_delimiter = ',')]
        controls: Vec<String>,
        /// Why.
        #[arg(long)]
        rationale: String,
        /// Where users are told.
        #[arg(long, default_value = "")]
        disclosed: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Correct it, or decide not to.
    Resolve {
        /// The anomaly.
        anomaly: String,
        /// How.
        #[arg(long, value_enum)]
        disposition: DispositionArg,
        /// The version that carries the correction.
        #[arg(long)]
        fixed_in: Option<String>,
        /// The change request.
        #[arg(long)]
        change: Option<String>,
        /// The anomaly that this one repeats.
        #[arg(long)]
        duplicate_of: Option<String>,
        /// What was done, or why nothing.
        #[arg(long)]
        resolution: String,
        /// Who records it.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Verify a resolution, signed.
    Verify {
        /// The anomaly.
        anomaly: String,
        /// Runs and cases that show it.
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// All anomalies, or the residual ones of a version.
    List {
        /// Only those known and not corrected in this version.
        #[arg(long)]
        residual_in: Option<String>,
        /// Read the ledger at this position.
        #[arg(long)]
        ledger_at: Option<u64>,
    },
    /// One anomaly with its history.
    Show {
        /// The anomaly.
        anomaly: String,
        /// Read the ledger at this position.
        #[arg(long)]
        ledger_at: Option<u64>,
    },
}

/// The verdict of an evaluation.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutcomeArg {
    /// Does not contribute to an unacceptable risk.
    Acceptable,
    /// Contributes to an unacceptable risk; blocks the release.
    Unacceptable,
}

/// How an anomaly is disposed of.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DispositionArg {
    /// Corrected in a version.
    Corrected,
    /// Stays as it is, and residual.
    WontFix,
    /// Repeats another one.
    Duplicate,
    /// No departure after all.
    NotAnAnomaly,
}

/// Ids of items from the command line.
pub(crate) fn ids(texts: &[String]) -> Result<Vec<ItemId>> {
    texts.iter().map(|t| t.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))).collect()
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            Verb::Report {
                anomaly,
                title,
                description,
                found,
                reproduction,
                affects,
                function,
                version,
                severity,
                criticality,
                by,
            } => {
                let affects = ids(&affects)?;
                let what = format!("reported {anomaly}");
                let body = AnomalyReport {
                    anomaly,
                    title,
                    description,
                    found,
                    reproduction,
                    affects,
                    function,
                    version,
                    severity,
                    criticality,
                };
                (what, app::anomaly_report(&ws, &by, &body)?)
            }
            Verb::Investigate { anomaly, cause, safety_relevant, hazards, outcome, by } => {
                let hazards = ids(&hazards)?;
                let what = format!("recorded the investigation of {anomaly}");
                let body = AnomalyInvestigate { anomaly, cause, safety_relevant, hazards, outcome };
                (what, app::anomaly_investigate(&ws, &by, &body)?)
            }
            Verb::Evaluate {
                anomaly,
                release,
                outcome,
                hazards,
                controls,
                rationale,
                disclosed,
                signing,
            } => {
                let what = format!("evaluated {anomaly} for {release}");
                let evaluation = app::Evaluation {
                    anomaly,
                    release,
                    outcome: match outcome {
                        OutcomeArg::Acceptable => EvaluationOutcome::Acceptable,
                        OutcomeArg::Unacceptable => EvaluationOutcome::Unacceptable,
                    },
                    hazards: ids(&hazards)?,
                    controls: ids(&controls)?,
                    rationale,
                    disclosed,
                };
                let actor = signing.actor(&ws, None)?;
                (what, app::anomaly_evaluate(&ws, &actor, &evaluation)?)
            }
            Verb::Resolve { anomaly, disposition, fixed_in, change, duplicate_of, resolution, by } => {
                let what = format!("resolved {anomaly}");
                let disposition = match disposition {
                    DispositionArg::Corrected => Disposition::Corrected,
                    DispositionArg::WontFix => Disposition::WontFix,
                    DispositionArg::Duplicate => Disposition::Duplicate,
                    DispositionArg::NotAnAnomaly => Disposition::NotAnAnomaly,
                };
                let body =
                    AnomalyResolve { anomaly, disposition, fixed_in, change, duplicate_of, resolution };
                (what, app::anomaly_resolve(&ws, &by, &body)?)
            }
            Verb::Verify { anomaly, evidence, signing } => {
                let what = format!("verified the resolution of {anomaly}");
                let actor = signing.actor(&ws, None)?;
                (what, app::anomaly_verify(&ws, &actor, &AnomalyVerify { anomaly, evidence })?)
            }
            Verb::List { residual_in, ledger_at } => {
                return list(&ws, global, residual_in.as_deref(), ledger_at);
            }
            Verb::Show { anomaly, ledger_at } => return show(&ws, &anomaly, ledger_at),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn list(
    ws: &app::Workspace,
    global: &Global,
    version: Option<&str>,
    ledger_at: Option<u64>,
) -> Result<Outcome> {
    let rows = app::anomaly_list(ws, version, ledger_at)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/anomalies/v1", "anomalies": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |a: &app::AnomalyRow| {
        vec![a.anomaly.clone(), a.severity.clone(), a.version.clone(), a.state.clone(), a.title.clone()]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["anomaly", "severity", "seen in", "state", "title"], &rows));
    Ok(Outcome::Clean)
}

fn show(ws: &app::Workspace, anomaly: &str, ledger_at: Option<u64>) -> Result<Outcome> {
    print::json(&app::anomaly_show(ws, anomaly, ledger_at)?);
    Ok(Outcome::Clean)
}

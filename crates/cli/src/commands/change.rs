//! `dossier change`.

use super::anomaly::{date, ids};
use crate::context::{Format, Global, Inputs, Signing};
use crate::one_record;
use crate::print::{self, Outcome};
use app::records::{
    ChangeAnalyse, ChangeApprove, ChangeCategory, ChangeClose, ChangeImplement, ChangeOpen, ChangeVerify,
    Reanalysis,
};
use app::{Appended, Asking, Result, Workspace};
use clap::{Args, Subcommand, ValueEnum};

/// `dossier change`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Request a change. Example: dossier change open CR-7 --title "…" --reason "…" --category corrective --answers A-7
    Open {
        /// The id.
        change: String,
        /// One line.
        #[arg(long)]
        title: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The sort of change.
        #[arg(long, value_enum)]
        category: Option<CategoryArg>,
        /// Affected items.
        #[arg(long, value_delimiter = ',')]
        affects: Vec<String>,
        /// Problem reports and anomalies that it answers.
        #[arg(long, value_delimiter = ',')]
        answers: Vec<String>,
        /// A first word on the effect on safety; the analysis is `dossier change analyse`.
        #[arg(long, default_value = "")]
        safety_analysis: String,
        /// Who requests.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Record the analysis of its effects (62304:6.2.3, 7.4.1, 8.2.2) and which steps of clause 5 it repeats.
    /// Example: dossier change analyse CR-7 --organisation none --software "…" --interfaces none --safety "no new cause: …" --security "no: …" --class-check "holds: …" --repeats 5.2,5.5,5.7
    Analyse(AnalyseArgs),
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
    /// Name the commits that implement it, where no trailer `Change: CR-7`, merge or branch says it.
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
    /// Record the commits that the ledger has not seen yet: for hooks and CI, after each push. The name of a branch such as
    /// `cr-7-late-line` ties its commits to the change. Example: dossier change observe cr-7-late-line
    Observe {
        /// The branch, tag or commit that was pushed.
        #[arg(default_value = "HEAD")]
        revision: String,
        /// Who observes.
        #[arg(long, default_value = "ci")]
        by: String,
    },
    /// Select the tests that are run again, signed with the reason.
    /// Example: dossier change regress CR-7 --tests TC-001,TC-004 --reason "…" --as qa-lead
    Regress {
        /// The change request.
        change: String,
        /// Test cases.
        #[arg(long, value_delimiter = ',', required = true)]
        tests: Vec<String>,
        /// Why these suffice, and why others that the impact names are left out.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Record that risk was analysed again, because a verified control is touched (62304:7.4.2), signed by the risk owner.
    /// Example: dossier change reanalyse CR-7 --outcome controls-hold --rationale "…" --as risk-owner
    Reanalyse {
        /// The change request.
        change: String,
        /// What it came to.
        #[arg(long, value_enum)]
        outcome: ReanalysisArg,
        /// Controls that were looked at besides those of the impact.
        #[arg(long, value_delimiter = ',')]
        controls: Vec<String>,
        /// Why.
        #[arg(long)]
        rationale: String,
        #[command(flatten)]
        signing: Signing,
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
    /// The change requests that answer a question. Example: dossier change list 'open and affects ITM-x order by age desc'
    List {
        /// The question; all change requests without one.
        #[arg(default_value = "")]
        query: String,
        /// A saved question.
        #[arg(long)]
        view: Option<String>,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// One change request with its history and commits.
    Show {
        /// The change request.
        change: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The commits since the last baseline and the change request that covers each; exit 1 where one has none.
    Commits {
        #[command(flatten)]
        inputs: Inputs,
        /// Only those that need a change request and have none.
        #[arg(long)]
        uncovered: bool,
    },
    /// What a change touches: items, controls, hazards, tests, SOUP, documents. `--format md` fits a pull request's comment.
    /// Example: dossier change impact CR-7 --format md
    Impact {
        /// The change request.
        change: String,
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// `dossier change analyse`
#[derive(Args, Debug)]
pub(crate) struct AnalyseArgs {
    /// The change request.
    change: String,
    /// The effect on the organisation: training, support, service.
    #[arg(long)]
    organisation: String,
    /// The effect on released software.
    #[arg(long)]
    software: String,
    /// The effect on interfacing systems.
    #[arg(long)]
    interfaces: String,
    /// New causes of hazardous situations, new controls that are needed.
    #[arg(long)]
    safety: String,
    /// The assessment of security; begin with `yes:` where it is relevant, with `no:` where not.
    #[arg(long)]
    security: String,
    /// Whether the safety class still holds, and why.
    #[arg(long)]
    class_check: String,
    /// The steps of clause 5 that are repeated.
    #[arg(long, value_delimiter = ',', required = true)]
    repeats: Vec<String>,
    /// Items affected that the request did not name.
    #[arg(long, value_delimiter = ',')]
    affects: Vec<String>,
    /// Who analysed.
    #[arg(long, default_value = "developer")]
    by: String,
}

/// The sort of a change (ISO/IEC 14764).
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CategoryArg {
    /// Corrects a problem.
    Corrective,
    /// Keeps the software usable in a changed environment.
    Adaptive,
    /// Improves it.
    Perfective,
    /// Corrects a fault before it shows.
    Preventive,
}

/// What a re-analysis came to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ReanalysisArg {
    /// The controls hold as they are.
    ControlsHold,
    /// The risk file was worked over.
    RiskFileUpdated,
    /// Measures are needed that are not there yet.
    MeasuresNeeded,
}

/// An impact in the form that was asked for.
pub(crate) fn shown(ws: &app::Workspace, global: &Global, impact: &app::ImpactView) -> Result<()> {
    match global.format {
        Some(Format::Json) => print::json(impact),
        Some(Format::Md) => {
            app::export_noted(ws, "impact")?;
            print::out(&impact.to_markdown());
        }
        _ => print::out(&impact.to_text()),
    }
    Ok(())
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            Verb::Open { change, title, reason, category, affects, answers, safety_analysis, by } => {
                let affects = ids(&affects)?;
                let what = format!("opened {change}");
                let category = category.map(|c| match c {
                    CategoryArg::Corrective => ChangeCategory::Corrective,
                    CategoryArg::Adaptive => ChangeCategory::Adaptive,
                    CategoryArg::Perfective => ChangeCategory::Perfective,
                    CategoryArg::Preventive => ChangeCategory::Preventive,
                });
                let body = ChangeOpen { change, title, reason, affects, answers, safety_analysis, category };
                (what, app::change_open(&ws, &by, &body)?)
            }
            Verb::Analyse(args) => args.run(&ws)?,
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
            Verb::Observe { revision, by } => return observe(&ws, global, &revision, &by),
            Verb::Regress { change, tests, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let done = app::change_regress(&ws, &actor, &change, &ids(&tests)?, &reason)?;
                (format!("selected the tests of {change}"), done)
            }
            Verb::Reanalyse { change, outcome, controls, rationale, signing } => {
                let actor = signing.actor(&ws, Some("risk-owner"))?;
                let outcome = match outcome {
                    ReanalysisArg::ControlsHold => Reanalysis::ControlsHold,
                    ReanalysisArg::RiskFileUpdated => Reanalysis::RiskFileUpdated,
                    ReanalysisArg::MeasuresNeeded => Reanalysis::MeasuresNeeded,
                };
                let done =
                    app::change_reanalyse(&ws, &actor, &change, outcome, &ids(&controls)?, &rationale)?;
                (format!("analysed the risk of {change} again"), done)
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
            Verb::List { query, view, inputs } => return list(&ws, global, query, view, &inputs),
            Verb::Show { change, inputs } => {
                return Ok(one_record::shown(global, &app::change_show(&ws, &change, &inputs.parse()?)?));
            }
            Verb::Commits { inputs, uncovered } => return commits(&ws, global, &inputs, uncovered),
            Verb::Impact { change, inputs } => {
                shown(&ws, global, &app::change_impact(&ws, &inputs.parse()?, &change)?)?;
                return Ok(Outcome::Clean);
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

impl AnalyseArgs {
    fn run(self, ws: &Workspace) -> Result<(String, Appended)> {
        let what = format!("recorded the analysis of {}", self.change);
        let (word, _) = self.security.split_once(':').unwrap_or((&self.security, ""));
        let security_relevant = match word.trim() {
            "yes" => true,
            "no" => false,
            _ => {
                return Err(app::Error::refused("--security says neither yes nor no")
                    .hint("begin with it: --security \"no: nothing that is reachable changes\""));
            }
        };
        let body = ChangeAnalyse {
            affects: ids(&self.affects)?,
            change: self.change,
            organisation: self.organisation,
            software: self.software,
            interfaces: self.interfaces,
            safety: self.safety,
            security_relevant,
            security: self.security,
            class_check: self.class_check,
            repeats: self.repeats,
        };
        Ok((what, app::change_analyse(ws, &self.by, &body)?))
    }
}

fn observe(ws: &Workspace, global: &Global, revision: &str, by: &str) -> Result<Outcome> {
    let done = app::change_observe(ws, by, revision)?;
    match &done.appended {
        Some(appended) => {
            print::appended(global.json(), &format!("observed {} commits", done.commits), appended);
        }
        None => eprintln!("no commit up to {revision} is new to the ledger"),
    }
    Ok(Outcome::Clean)
}

fn list(
    ws: &Workspace,
    global: &Global,
    query: String,
    view: Option<String>,
    inputs: &Inputs,
) -> Result<Outcome> {
    let as_of = inputs.as_of.as_deref().map(|t| date("as-of", t)).transpose()?;
    let asking = Asking { query, view, ledger_at: inputs.ledger_at, as_of };
    let rows = app::change_list(ws, &asking)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/changes/v1", "query": asking.query,
            "count": rows.len(), "changes": rows}));
        return Ok(Outcome::Clean);
    }
    let cells =
        |c: &app::ChangeRow| vec![c.change.clone(), c.state.clone(), c.category.clone(), c.title.clone()];
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["change", "state", "category", "title"], &rows));
    Ok(Outcome::Clean)
}

fn commits(ws: &Workspace, global: &Global, inputs: &Inputs, uncovered: bool) -> Result<Outcome> {
    let mut rows = app::change_commits(ws, &inputs.parse()?)?;
    let open = rows.iter().filter(|r| r.uncovered).count();
    if uncovered {
        rows.retain(|r| r.uncovered);
    }
    if global.json() {
        print::json(
            &serde_json::json!({"format": "dossier/change-commits/v1", "uncovered": open, "commits": rows}),
        );
    } else {
        let cells = |r: &app::CommitRow| {
            let ties: Vec<String> = r.changes.iter().map(|(id, tie)| format!("{id} ({tie})")).collect();
            let covered = match (ties.is_empty(), r.uncovered) {
                (false, _) => ties.join(", "),
                (true, true) => "none".to_owned(),
                (true, false) => "touches no configuration item".to_owned(),
            };
            vec![r.commit.chars().take(10).collect(), covered, r.summary.clone()]
        };
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        print::out(&print::table(&["commit", "change request", "summary"], &cells));
    }
    Ok(if open > 0 { Outcome::Findings } else { Outcome::Clean })
}

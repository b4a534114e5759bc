//! `dossier anomaly`.

mod lists;

use crate::context::{Global, Inputs, Signing};
use crate::one_record;
use crate::print::{self, Outcome};
use app::records::{
    Affected, AnomalyAdvise, AnomalyAmend, AnomalyInvestigate, AnomalyReopen, AnomalyReport, AnomalyResolve,
    AnomalyVerify, Disposition, EvaluationOutcome, Information,
};
use app::{Appended, Error, ItemId, Result, Workspace};
use clap::{Args, Subcommand, ValueEnum};

/// `dossier anomaly`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Report an anomaly. Example: dossier anomaly report A-7 --title "…" --description "…" --found "…" --version 2.3.0 --severity minor --safety none --performance "…" --security none
    Report(ReportArgs),
    /// Correct or complete fields of a report. Example: dossier anomaly amend A-7 --set severity=major --reason "it stops therapy"
    Amend {
        /// The anomaly.
        anomaly: String,
        /// A field with its new value: `severity=major`. May be given several times.
        #[arg(long = "set", value_name = "FIELD=VALUE")]
        set: Vec<String>,
        /// The items affected, all of them.
        #[arg(long, value_delimiter = ',')]
        affects: Option<Vec<String>>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who amends.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Record cause, safety and security relevance, and what follows.
    /// Example: dossier anomaly investigate A-7 --cause "…" --category design --safety-relevant --hazards HAZ-1 --outcome "…" --change CR-7
    Investigate(InvestigateArgs),
    /// Record who was advised of a problem (62304:9.3).
    /// Example: dossier anomaly advise A-7 --parties support,clinic-7 --means "mail 2026-03-04" --message "do not use the import"
    Advise {
        /// The anomaly.
        anomaly: String,
        /// Who was told; `none` where nobody is to be.
        #[arg(long, value_delimiter = ',', required = true)]
        parties: Vec<String>,
        /// How, and the reference of the message.
        #[arg(long)]
        means: String,
        /// What they were told, or why nobody is.
        #[arg(long)]
        message: String,
        /// Who advised.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Evaluate a residual anomaly for one release, signed.
    /// Example: dossier anomaly evaluate A-2024-087 --release 2.4.0 --outcome acceptable --hazards H-12 --controls RC-12.3 --rationale "…" --disclosed "DOC-IFU#Known anomalies" --as risk-owner
    Evaluate(EvaluateArgs),
    /// Judge an anomaly against a release in the field, signed: an addendum of the sealed release.
    /// Example: dossier anomaly judge A-7 --release 2.3.0 --affected --outcome acceptable --rationale "…" --users "no: cosmetic" --regulators "no: no harm is possible" --as risk-owner
    Judge(JudgeArgs),
    /// Which anomalies are judged against which release in the field: what waits first, the most severe first.
    Fielded {
        /// One anomaly only.
        anomaly: Option<String>,
        /// One release only.
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
        /// Only what is still to be judged; exit 1 where something is.
        #[arg(long)]
        open: bool,
        /// Every row, however many there are; the first hundred otherwise, and how many more there are.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The addendum of a sealed release: anomalies that became known after its seal.
    Addendum {
        /// The release.
        version: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The unresolved anomalies of a release with the fields of the FDA's list, as Markdown, CSV or JSON.
    /// Example: dossier anomaly unresolved 2.4.0 --format csv
    Unresolved {
        /// The release.
        version: String,
        #[command(flatten)]
        inputs: Inputs,
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
    /// Open a resolved anomaly again. Example: dossier anomaly reopen A-7 --reason "seen again in 2.4.1"
    Reopen {
        /// The anomaly.
        anomaly: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who reopens.
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
    /// The anomalies that answer a question. Example: dossier anomaly list 'severity>=major and open and affects ITM-x order by age desc'
    List(lists::ListArgs),
    /// Trends of problem reports with control limits (62304:9.6); `--review` records that they were read, signed.
    /// Example: dossier anomaly trend 'problem' --by item --review --conclusion "no action" --as qa-lead
    Trend(lists::TrendArgs),
    /// Saved questions.
    #[command(subcommand)]
    View(lists::ViewVerb),
    /// One anomaly with its history.
    Show {
        /// The anomaly.
        anomaly: String,
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// `dossier anomaly report`
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
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
    /// Criticality in one sentence, where the three below are not given.
    #[arg(long, default_value = "")]
    criticality: String,
    /// What it means for performance.
    #[arg(long, default_value = "")]
    performance: String,
    /// What it means for safety.
    #[arg(long, default_value = "")]
    safety: String,
    /// What it means for security.
    #[arg(long, default_value = "")]
    security: String,
    /// Complaints, feedback or records of other systems that it came from.
    #[arg(long, value_delimiter = ',')]
    sources: Vec<String>,
    /// Who reports.
    #[arg(long, default_value = "developer")]
    by: String,
}

/// `dossier anomaly investigate`
#[derive(Args, Debug)]
pub(crate) struct InvestigateArgs {
    /// The anomaly.
    anomaly: String,
    /// The cause, or why it could not be found.
    #[arg(long)]
    cause: String,
    /// The sort of cause, for trends: `requirements`, `design`, `coding`, `soup`.
    #[arg(long, default_value = "")]
    category: String,
    /// It is relevant to safety.
    #[arg(long)]
    safety_relevant: bool,
    /// It is relevant to security.
    #[arg(long)]
    security_relevant: bool,
    /// It is no problem: no departure from what is expected.
    #[arg(long)]
    no_problem: bool,
    /// Hazards that it could contribute to.
    #[arg(long, value_delimiter = ',')]
    hazards: Vec<String>,
    /// The version that brought it in.
    #[arg(long)]
    introduced_in: Option<String>,
    /// What was found out, and what follows.
    #[arg(long)]
    outcome: String,
    /// The change request that follows.
    #[arg(long)]
    change: Option<String>,
    /// Why none follows.
    #[arg(long, default_value = "")]
    no_change: String,
    /// Who investigated.
    #[arg(long, default_value = "developer")]
    by: String,
}

/// `dossier anomaly evaluate`
#[derive(Args, Debug)]
pub(crate) struct EvaluateArgs {
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
    /// Where users are told: a controlled document and a heading of it, `DOC-IFU#Known anomalies`.
    #[arg(long, default_value = "")]
    disclosed: String,
    /// Why users are not told.
    #[arg(long, value_name = "REASON", default_value = "", conflicts_with = "disclosed")]
    not_disclosed: String,
    /// The effect on operators and use, human factors considered.
    #[arg(long, default_value = "")]
    use_effects: String,
    /// Why it is not corrected in this release, in terms of risk.
    #[arg(long, value_name = "REASON", default_value = "")]
    not_corrected: String,
    /// When and how it is to be corrected.
    #[arg(long, default_value = "")]
    plan: String,
    #[command(flatten)]
    signing: Signing,
}

/// `dossier anomaly judge`
#[derive(Args, Debug)]
pub(crate) struct JudgeArgs {
    /// The anomaly.
    anomaly: String,
    /// The sealed release.
    #[arg(long)]
    release: String,
    /// That release has it.
    #[arg(long, conflicts_with = "not_affected", required_unless_present = "not_affected")]
    affected: bool,
    /// That release has it not.
    #[arg(long)]
    not_affected: bool,
    /// Whether the risk is acceptable.
    #[arg(long, value_enum, default_value = "acceptable")]
    outcome: OutcomeArg,
    /// Hazards considered.
    #[arg(long, value_delimiter = ',')]
    hazards: Vec<String>,
    /// Why.
    #[arg(long)]
    rationale: String,
    /// Whether users are told, and why: `yes: …` or `no: …`.
    #[arg(long)]
    users: String,
    /// The last day for telling users.
    #[arg(long, value_name = "DATE")]
    users_until: Option<String>,
    /// Whether regulators are told, and why: `yes: …` or `no: …`.
    #[arg(long)]
    regulators: String,
    /// The last day for telling regulators.
    #[arg(long, value_name = "DATE")]
    regulators_until: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

/// The verdict of an evaluation.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutcomeArg {
    /// Does not contribute to an unacceptable risk.
    Acceptable,
    /// Contributes to an unacceptable risk; blocks the release.
    Unacceptable,
}

impl From<OutcomeArg> for EvaluationOutcome {
    fn from(o: OutcomeArg) -> Self {
        match o {
            OutcomeArg::Acceptable => EvaluationOutcome::Acceptable,
            OutcomeArg::Unacceptable => EvaluationOutcome::Unacceptable,
        }
    }
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

impl From<DispositionArg> for Disposition {
    fn from(d: DispositionArg) -> Self {
        match d {
            DispositionArg::Corrected => Disposition::Corrected,
            DispositionArg::WontFix => Disposition::WontFix,
            DispositionArg::Duplicate => Disposition::Duplicate,
            DispositionArg::NotAnAnomaly => Disposition::NotAnAnomaly,
        }
    }
}

/// Ids of items from the command line.
pub(crate) fn ids(texts: &[String]) -> Result<Vec<ItemId>> {
    texts.iter().map(|t| t.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))).collect()
}

/// A date from the command line.
pub(crate) fn date(flag: &str, text: &str) -> Result<app::Date> {
    text.parse().map_err(|e: app::ParseTimeError| Error::refused(format!("--{flag}: {e}")))
}

/// `yes: …` or `no: …`
fn information(flag: &str, text: &str, until: Option<&str>) -> Result<Information> {
    let (word, reason) = text.split_once(':').unwrap_or((text, ""));
    let needed = match word.trim() {
        "yes" => true,
        "no" => false,
        _ => {
            return Err(Error::refused(format!("--{flag}: `{text}` says neither yes nor no"))
                .hint(format!("write --{flag} \"no: the effect is cosmetic\"")));
        }
    };
    let until = until.map(|t| date(&format!("{flag}-until"), t)).transpose()?;
    Ok(Information { needed, reason: reason.trim().to_owned(), until })
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            Verb::Report(args) => args.run(&ws)?,
            Verb::Amend { anomaly, set, affects, reason, by } => {
                let affects = affects.map(|a| ids(&a)).transpose()?;
                let pair = |s: &String| {
                    let (k, v) = s.split_once('=').ok_or_else(|| {
                        Error::refused(format!("--set: `{s}` has no value"))
                            .hint("write `--set severity=major`")
                    })?;
                    Ok((k.trim().to_owned(), v.to_owned()))
                };
                let fields = set.iter().map(pair).collect::<Result<_>>()?;
                let what = format!("amended {anomaly}");
                (what, app::anomaly_amend(&ws, &by, &AnomalyAmend { anomaly, fields, affects, reason })?)
            }
            Verb::Investigate(args) => args.run(&ws)?,
            Verb::Advise { anomaly, parties, means, message, by } => {
                let what = format!("recorded who was advised of {anomaly}");
                (what, app::anomaly_advise(&ws, &by, &AnomalyAdvise { anomaly, parties, means, message })?)
            }
            Verb::Evaluate(args) => args.run(&ws)?,
            Verb::Judge(args) => args.run(&ws)?,
            Verb::Resolve { anomaly, disposition, fixed_in, change, duplicate_of, resolution, by } => {
                let what = format!("resolved {anomaly}");
                let disposition = disposition.into();
                let body =
                    AnomalyResolve { anomaly, disposition, fixed_in, change, duplicate_of, resolution };
                (what, app::anomaly_resolve(&ws, &by, &body)?)
            }
            Verb::Reopen { anomaly, reason, by } => {
                let what = format!("reopened {anomaly}");
                (what, app::anomaly_reopen(&ws, &by, &AnomalyReopen { anomaly, reason })?)
            }
            Verb::Verify { anomaly, evidence, signing } => {
                let what = format!("verified the resolution of {anomaly}");
                let actor = signing.actor(&ws, None)?;
                (what, app::anomaly_verify(&ws, &actor, &AnomalyVerify { anomaly, evidence })?)
            }
            Verb::Fielded { anomaly, release, open, all, inputs } => {
                let of = app::FieldedOf { anomaly, release, open, all, ledger_at: inputs.ledger_at };
                return lists::fielded(&ws, global, &of);
            }
            Verb::Addendum { version, inputs } => {
                return lists::addendum(&ws, global, &version, inputs.ledger_at);
            }
            Verb::Unresolved { version, inputs } => {
                return lists::unresolved(&ws, global, &version, inputs.ledger_at);
            }
            Verb::List(args) => return args.run(&ws, global),
            Verb::Trend(args) => return args.run(&ws, global),
            Verb::View(verb) => return verb.run(&ws, global),
            Verb::Show { anomaly, inputs } => {
                let record = app::anomaly_show(&ws, &anomaly, inputs.ledger_at)?;
                return Ok(one_record::shown(global, &record));
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

type Done = Result<(String, Appended)>;

impl ReportArgs {
    fn run(self, ws: &Workspace) -> Done {
        let what = format!("reported {}", self.anomaly);
        let body = AnomalyReport {
            affects: ids(&self.affects)?,
            anomaly: self.anomaly,
            title: self.title,
            description: self.description,
            found: self.found,
            reproduction: self.reproduction,
            function: self.function,
            version: self.version,
            severity: self.severity,
            criticality: self.criticality,
            performance: self.performance,
            safety: self.safety,
            security: self.security,
            sources: self.sources,
        };
        Ok((what, app::anomaly_report(ws, &self.by, &body)?))
    }
}

impl InvestigateArgs {
    fn run(self, ws: &Workspace) -> Done {
        let what = format!("recorded the investigation of {}", self.anomaly);
        let body = AnomalyInvestigate {
            hazards: ids(&self.hazards)?,
            anomaly: self.anomaly,
            cause: self.cause,
            safety_relevant: self.safety_relevant,
            outcome: self.outcome,
            problem: !self.no_problem,
            security_relevant: self.security_relevant,
            category: self.category,
            introduced_in: self.introduced_in,
            change: self.change,
            no_change: self.no_change,
        };
        Ok((what, app::anomaly_investigate(ws, &self.by, &body)?))
    }
}

impl EvaluateArgs {
    fn run(self, ws: &Workspace) -> Done {
        let what = format!("evaluated {} for {}", self.anomaly, self.release);
        let evaluation = app::Evaluation {
            hazards: ids(&self.hazards)?,
            controls: ids(&self.controls)?,
            anomaly: self.anomaly,
            release: self.release,
            outcome: self.outcome.into(),
            rationale: self.rationale,
            disclosed: self.disclosed,
            not_disclosed: self.not_disclosed,
            use_effects: self.use_effects,
            not_corrected: self.not_corrected,
            plan: self.plan,
        };
        let actor = self.signing.actor(ws, None)?;
        Ok((what, app::anomaly_evaluate(ws, &actor, &evaluation)?))
    }
}

impl JudgeArgs {
    fn run(self, ws: &Workspace) -> Done {
        let what = format!("judged {} against {}", self.anomaly, self.release);
        let judgement = app::FieldJudgement {
            hazards: ids(&self.hazards)?,
            affected: if self.affected { Affected::Affected } else { Affected::NotAffected },
            outcome: self.outcome.into(),
            rationale: self.rationale,
            users: information("users", &self.users, self.users_until.as_deref())?,
            regulators: information("regulators", &self.regulators, self.regulators_until.as_deref())?,
            anomaly: self.anomaly,
            release: self.release,
        };
        let actor = self.signing.actor(ws, None)?;
        Ok((what, app::anomaly_judge(ws, &actor, &judgement)?))
    }
}

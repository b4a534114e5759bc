//! `dossier complaint` and `dossier capa`.

use super::anomaly::date;
use crate::context::{Global, Inputs, Signing};
use crate::one_record;
use crate::print::{self, Outcome};
use app::Result;
use app::records::{
    CapaClose, CapaOpen, CapaStage, CapaStep, ComplaintClose, ComplaintInvestigate, ComplaintReceive,
    ReportabilityDecide,
};
use clap::{Args, Subcommand, ValueEnum};

/// `dossier complaint`
#[derive(Subcommand, Debug)]
pub(crate) enum ComplaintVerb {
    /// Record a complaint, without personal data.
    /// Example: dossier complaint receive CMP-12 --device "triage 2.3.0" --received 2026-03-01 --aware 2026-03-01 --nature "…" --external salesforce:00042
    Receive {
        /// The id.
        complaint: String,
        /// The device: name and version.
        #[arg(long)]
        device: String,
        /// The unique device identifier or lot.
        #[arg(long, default_value = "")]
        udi: String,
        /// When it was received.
        #[arg(long, value_name = "DATE")]
        received: String,
        /// When the firm became aware of what has to be judged for reporting.
        #[arg(long, value_name = "DATE")]
        aware: String,
        /// What is alleged.
        #[arg(long)]
        nature: String,
        /// The record in another system.
        #[arg(long, default_value = "")]
        external: String,
        /// A file with personal data: who complained, whom it was about. Sealed beside the ledger, never in an archive; `-` is
        /// standard input.
        #[arg(long, value_name = "FILE")]
        personal: Option<std::path::PathBuf>,
        /// Who records.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Record its investigation, or why none is needed.
    Investigate {
        /// The complaint.
        complaint: String,
        /// What was found out.
        #[arg(long)]
        result: String,
        /// It is a problem of the software.
        #[arg(long)]
        problem: bool,
        /// Anomalies that it is tied to.
        #[arg(long, value_delimiter = ',')]
        anomalies: Vec<String>,
        /// Corrective actions that it is tied to.
        #[arg(long, value_delimiter = ',')]
        capas: Vec<String>,
        /// What the complainant was answered, and when.
        #[arg(long, default_value = "")]
        reply: String,
        /// Who investigated.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Decide on reporting a complaint or an anomaly to an authority, signed.
    /// Example: dossier complaint decide CMP-12 --regulation mdr-87 --reportable --aware 2026-03-01 --reason "…" --as prrc
    Decide(DecideArgs),
    /// Read the personal data of a complaint. That they were read, and what for, is recorded.
    /// Example: dossier complaint personal CMP-12 --purpose "call back" --by qa-lead
    Personal {
        /// The complaint.
        complaint: String,
        /// What they are read for.
        #[arg(long)]
        purpose: String,
        /// Who reads them.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Delete the personal data of a complaint, here and in the backups that are named; the ledger stays as it is.
    /// Example: dossier complaint erase CMP-12 --reason "request of 2026-03-01 under GDPR 17" --backup /mnt/backup/2026-03-01
    Erase {
        /// The complaint.
        complaint: String,
        /// On whose request, or which term.
        #[arg(long)]
        reason: String,
        /// A backup that holds them too; may be given several times.
        #[arg(long, value_name = "DIR")]
        backup: Vec<std::path::PathBuf>,
        /// Who deletes.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Close a complaint, signed. A reportable one closes once it was reported.
    Close {
        /// The complaint.
        complaint: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// One complaint with everything that was recorded of it, but for personal data.
    Show {
        /// The complaint.
        complaint: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// All complaints.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// `dossier complaint decide`
#[derive(Args, Debug)]
pub(crate) struct DecideArgs {
    /// The complaint or anomaly.
    subject: String,
    /// mdr-87, mdr-88, mdr-89, cfr-803 or cfr-806.
    #[arg(long)]
    regulation: String,
    /// It is reportable.
    #[arg(long)]
    reportable: bool,
    /// When the firm became aware.
    #[arg(long, value_name = "DATE")]
    aware: String,
    /// The last day of the legal term; the regulation's longest where absent.
    #[arg(long, value_name = "DATE")]
    deadline: Option<String>,
    /// Why, or why not.
    #[arg(long)]
    reason: String,
    /// The reference of the report that was sent.
    #[arg(long, default_value = "")]
    reference: String,
    /// When it was sent.
    #[arg(long, value_name = "DATE")]
    reported: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

/// `dossier capa`
#[derive(Subcommand, Debug)]
pub(crate) enum CapaVerb {
    /// Open a corrective action. Example: dossier capa open CAPA-1 --description "…" --source A-7
    Open {
        /// The id.
        capa: String,
        /// What is wrong.
        #[arg(long)]
        description: String,
        /// The record that it answers.
        #[arg(long)]
        source: String,
        /// Who opens.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Record work on it. Example: dossier capa step CAPA-1 --stage root-cause --text "…" --due 2026-04-01 --links A-7
    Step {
        /// The corrective action.
        capa: String,
        /// Which step.
        #[arg(long, value_enum)]
        stage: StageArg,
        /// What was found out, planned or done.
        #[arg(long)]
        text: String,
        /// When the next step is due.
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
        /// Anomalies, complaints and changes that it belongs to.
        #[arg(long, value_delimiter = ',')]
        links: Vec<String>,
        /// The record in another system.
        #[arg(long, default_value = "")]
        external: String,
        /// Who did it.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Close it, signed: verified effective, or with the reason why it is closed without that.
    Close {
        /// The corrective action.
        capa: String,
        /// It was effective.
        #[arg(long)]
        effective: bool,
        /// How that was verified, or why it is closed.
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// One corrective action with everything that was recorded of it.
    Show {
        /// The corrective action.
        capa: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// All corrective actions.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// A step of a corrective action.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StageArg {
    /// What was done at once.
    Containment,
    /// The root cause.
    RootCause,
    /// The action that is planned.
    Plan,
    /// The action that was taken.
    Action,
}

impl ComplaintVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            ComplaintVerb::Receive {
                complaint,
                device,
                udi,
                received,
                aware,
                nature,
                external,
                personal,
                by,
            } => {
                let what = format!("recorded {complaint}");
                let (received, aware) = (date("received", &received)?, date("aware", &aware)?);
                let person = String::new();
                let body =
                    ComplaintReceive { complaint, device, udi, received, aware, nature, external, person };
                let personal = personal.as_deref().map(read_personal).transpose()?;
                (what, app::complaint_receive(&ws, &by, &body, personal.as_deref())?)
            }
            ComplaintVerb::Personal { complaint, purpose, by } => {
                let text = app::complaint_personal(&ws, &by, &complaint, &purpose)?;
                print::out(&String::from_utf8_lossy(&text));
                return Ok(Outcome::Clean);
            }
            ComplaintVerb::Erase { complaint, reason, backup, by } => {
                let what = format!("deleted the personal data of {complaint}");
                (what, app::complaint_erase(&ws, &by, &complaint, &reason, &backup)?)
            }
            ComplaintVerb::Investigate { complaint, result, problem, anomalies, capas, reply, by } => {
                let what = format!("recorded the investigation of {complaint}");
                let body = ComplaintInvestigate { complaint, result, problem, anomalies, capas, reply };
                (what, app::complaint_investigate(&ws, &by, &body)?)
            }
            ComplaintVerb::Decide(args) => {
                let what = format!("decided on reporting {}", args.subject);
                let day =
                    |flag: &str, text: &Option<String>| text.as_deref().map(|t| date(flag, t)).transpose();
                let body = ReportabilityDecide {
                    aware: date("aware", &args.aware)?,
                    deadline: day("deadline", &args.deadline)?,
                    reported: day("reported", &args.reported)?,
                    subject: args.subject,
                    regulation: args.regulation,
                    reportable: args.reportable,
                    reason: args.reason,
                    reference: args.reference,
                };
                let actor = args.signing.actor(&ws, None)?;
                (what, app::reportability_decide(&ws, &actor, &body)?)
            }
            ComplaintVerb::Close { complaint, reason, signing } => {
                let what = format!("closed {complaint}");
                let actor = signing.actor(&ws, None)?;
                (what, app::complaint_close(&ws, &actor, &ComplaintClose { complaint, reason })?)
            }
            ComplaintVerb::Show { complaint, inputs } => {
                return Ok(one_record::shown(
                    global,
                    &app::complaint_show(&ws, &complaint, inputs.ledger_at)?,
                ));
            }
            ComplaintVerb::List { inputs } => {
                let rows = app::complaint_list(&ws, inputs.ledger_at)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/complaints/v1", "complaints": rows}));
                    return Ok(Outcome::Clean);
                }
                let cells = |r: &app::ComplaintRow| {
                    vec![
                        r.complaint.clone(),
                        r.received.to_string(),
                        r.state.clone(),
                        r.reporting.join(", "),
                        r.nature.clone(),
                    ]
                };
                let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
                print::out(&print::table(&["complaint", "received", "state", "reporting", "nature"], &cells));
                return Ok(Outcome::Clean);
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

impl CapaVerb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (what, done) = match self {
            CapaVerb::Open { capa, description, source, by } => {
                let what = format!("opened {capa}");
                (what, app::capa_open(&ws, &by, &CapaOpen { capa, description, source })?)
            }
            CapaVerb::Step { capa, stage, text, due, links, external, by } => {
                let what = format!("recorded a step of {capa}");
                let stage = match stage {
                    StageArg::Containment => CapaStage::Containment,
                    StageArg::RootCause => CapaStage::RootCause,
                    StageArg::Plan => CapaStage::Plan,
                    StageArg::Action => CapaStage::Action,
                };
                let due = due.as_deref().map(|t| date("due", t)).transpose()?;
                (what, app::capa_step(&ws, &by, &CapaStep { capa, stage, text, due, links, external })?)
            }
            CapaVerb::Close { capa, effective, evidence, signing } => {
                let what = format!("closed {capa}");
                let actor = signing.actor(&ws, None)?;
                (what, app::capa_close(&ws, &actor, &CapaClose { capa, effective, evidence })?)
            }
            CapaVerb::Show { capa, inputs } => {
                return Ok(one_record::shown(global, &app::capa_show(&ws, &capa, inputs.ledger_at)?));
            }
            CapaVerb::List { inputs } => {
                let rows = app::capa_list(&ws, inputs.ledger_at)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/capas/v1", "capas": rows}));
                    return Ok(Outcome::Clean);
                }
                let cells = |r: &app::CapaRow| {
                    let due = r.due.map(|d| d.to_string()).unwrap_or_default();
                    vec![r.capa.clone(), r.state.clone(), due, r.source.clone(), r.description.clone()]
                };
                let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
                print::out(&print::table(&["capa", "state", "due", "answers", "description"], &cells));
                return Ok(Outcome::Clean);
            }
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn read_personal(file: &std::path::Path) -> Result<Vec<u8>> {
    let file = if file == std::path::Path::new("-") { std::path::Path::new("/dev/stdin") } else { file };
    std::fs::read(file)
        .map_err(|e| app::Error::environment(format!("could not read {}", file.display())).because(e))
}

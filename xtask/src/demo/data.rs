//! The records of the example, as `examples/triage-history` holds them, and how each is recorded.

use super::shell::Shell;
use super::{BUILD, VERSION, text};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that the demo records.
pub(crate) struct Data {
    pub(crate) history: History,
    pub(crate) persons: Vec<Person>,
    pub(crate) changes: Vec<Change>,
    pub(crate) anomalies: Vec<Anomaly>,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) soup_reviews: Vec<SoupReview>,
    pub(crate) anomaly_evaluations: Vec<Evaluation>,
    pub(crate) clause_evaluations: Vec<ClauseEvaluation>,
    pub(crate) deviations: Vec<Deviation>,
    pub(crate) checklist: Checklist,
}

/// A file with one list of tables.
#[derive(Deserialize)]
struct Lists {
    #[serde(default)]
    person: Vec<Person>,
    #[serde(default)]
    change: Vec<Change>,
    #[serde(default)]
    anomaly: Vec<Anomaly>,
    #[serde(default)]
    corrected: Vec<Anomaly>,
    #[serde(default)]
    approval: Vec<Approval>,
    #[serde(default)]
    review: Vec<SoupReview>,
    #[serde(default)]
    deviation: Vec<Deviation>,
}

#[derive(Deserialize)]
struct EvaluationFile<T> {
    evaluation: Vec<T>,
}

#[derive(Deserialize)]
pub(crate) struct History {
    pub(crate) start: Start,
    #[serde(rename = "commit")]
    pub(crate) commits: Vec<Commit>,
}

#[derive(Deserialize)]
pub(crate) struct Start {
    pub(crate) version: String,
    pub(crate) tag: String,
    pub(crate) date: String,
    pub(crate) message: String,
}

#[derive(Deserialize)]
pub(crate) struct Commit {
    pub(crate) date: String,
    pub(crate) message: String,
    pub(crate) paths: Vec<String>,
    #[serde(default)]
    pub(crate) delete: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) identity_proof: String,
}

#[derive(Deserialize)]
pub(crate) struct Change {
    change: String,
    title: String,
    reason: String,
    affects: Vec<String>,
    #[serde(default)]
    answers: Vec<String>,
    safety_analysis: String,
    approved_by: String,
    approval_reason: String,
    verification: String,
    verified_by: String,
    close_reason: String,
}

#[derive(Deserialize)]
pub(crate) struct Anomaly {
    anomaly: String,
    title: String,
    description: String,
    found: String,
    reproduction: String,
    affects: Vec<String>,
    function: String,
    version: String,
    severity: String,
    criticality: String,
    reported_by: String,
    investigation: Investigation,
    fixed_in: Option<String>,
    change: Option<String>,
    resolution: Option<String>,
    verified_by: Option<String>,
    evidence: Option<String>,
}

#[derive(Deserialize)]
struct Investigation {
    cause: String,
    safety_relevant: bool,
    #[serde(default)]
    hazards: Vec<String>,
    outcome: String,
}

#[derive(Deserialize)]
pub(crate) struct Approval {
    pub(crate) by: String,
    pub(crate) subjects: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct SoupReview {
    pub(crate) soup: String,
    pub(crate) by: String,
    pub(crate) text: String,
    list: Option<String>,
}

impl SoupReview {
    /// Where the supplier's list was found.
    pub(crate) fn source(&self) -> &str {
        self.list.as_deref().unwrap_or("the list that the SOUP item names")
    }
}

#[derive(Deserialize)]
pub(crate) struct Evaluation {
    anomaly: String,
    release: String,
    outcome: String,
    hazards: Vec<String>,
    controls: Vec<String>,
    rationale: String,
    disclosed: String,
    by: String,
    countersigned_by: String,
    #[serde(default)]
    pub(crate) held_back: bool,
}

#[derive(Deserialize)]
pub(crate) struct ClauseEvaluation {
    clause: String,
    subject: String,
    by: String,
    judged: Vec<String>,
    rationale: String,
    #[serde(default)]
    answers: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(crate) struct Deviation {
    case: String,
    reason: String,
    anomaly: String,
    verified_by: Vec<String>,
    by: String,
}

#[derive(Deserialize)]
pub(crate) struct Checklist {
    template: String,
    by: String,
    documents: BTreeMap<String, String>,
    not_applicable: BTreeMap<String, String>,
}

impl Data {
    /// Reads the folder of the example's records.
    pub(crate) fn read(folder: &Path) -> Result<Data> {
        let records = folder.join("records");
        let lists = |name: &str| parse::<Lists>(&records.join(name));
        let mut anomalies = lists("anomalies.toml")?;
        anomalies.anomaly.append(&mut anomalies.corrected);
        Ok(Data {
            history: parse(&folder.join("history.toml"))?,
            persons: lists("persons.toml")?.person,
            changes: lists("changes.toml")?.change,
            anomalies: anomalies.anomaly,
            approvals: lists("approvals.toml")?.approval,
            soup_reviews: lists("soup-reviews.toml")?.review,
            anomaly_evaluations: parse::<EvaluationFile<_>>(&records.join("anomaly-evaluations.toml"))?
                .evaluation,
            clause_evaluations: parse::<EvaluationFile<_>>(&records.join("clause-evaluations.toml"))?
                .evaluation,
            deviations: lists("deviations.toml")?.deviation,
            checklist: parse(&records.join("checklist.toml"))?,
        })
    }

    /// The role that a person acts in: the first of theirs.
    pub(crate) fn main_role(&self, person: &str) -> Result<&str> {
        let found = self.persons.iter().find(|p| p.person == person);
        found
            .and_then(|p| p.roles.first())
            .map(String::as_str)
            .with_context(|| format!("`{person}` has no role"))
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    toml::from_str(&text(path)?).with_context(|| format!("could not read {}", path.display()))
}

impl Change {
    /// Requested, approved, implemented by its commits, verified, closed.
    pub(crate) fn record(&self, sh: &Shell) -> Result<()> {
        let (id, affects, answers) = (self.change.as_str(), self.affects.join(","), self.answers.join(","));
        let mut open = vec![
            "change",
            "open",
            id,
            "--title",
            &self.title,
            "--reason",
            &self.reason,
            "--affects",
            &affects,
        ];
        if !answers.is_empty() {
            open.extend(["--answers", &answers]);
        }
        open.extend(["--safety-analysis", &self.safety_analysis]);
        sh.dossier(&open)?;
        sh.act(
            &self.approved_by,
            &self.approved_by,
            &["change", "approve", id, "--reason", &self.approval_reason],
        )?;
        let commits =
            sh.command("git").args(["log", "--format=%H", "--grep", &format!("Change: {id}")]).output()?;
        let commits =
            String::from_utf8_lossy(&commits.stdout).split_whitespace().collect::<Vec<_>>().join(",");
        sh.dossier(&["change", "implement", id, "--commits", &commits])?;
        sh.act(
            &self.verified_by,
            &self.verified_by,
            &["change", "verify", id, "--evidence", &self.verification],
        )?;
        sh.dossier(&["change", "close", id, "--reason", &self.close_reason])
    }
}

impl Anomaly {
    /// Reported, investigated and, where it is corrected, resolved and verified.
    pub(crate) fn record(&self, sh: &Shell) -> Result<()> {
        let (id, affects) = (self.anomaly.as_str(), self.affects.join(","));
        sh.dossier(&[
            "anomaly",
            "report",
            id,
            "--title",
            &self.title,
            "--description",
            &self.description,
            "--found",
            &self.found,
            "--reproduction",
            &self.reproduction,
            "--affects",
            &affects,
            "--function",
            &self.function,
            "--version",
            &self.version,
            "--severity",
            &self.severity,
            "--criticality",
            &self.criticality,
            "--by",
            &self.reported_by,
        ])?;
        let i = &self.investigation;
        let hazards = i.hazards.join(",");
        let mut args = vec!["anomaly", "investigate", id, "--cause", &i.cause, "--outcome", &i.outcome];
        match &self.change {
            Some(change) => args.extend(["--change", change]),
            None => args.extend(["--no-change", &i.outcome]),
        }
        if i.safety_relevant {
            args.push("--safety-relevant");
        }
        if !hazards.is_empty() {
            args.extend(["--hazards", &hazards]);
        }
        sh.dossier(&args)?;
        let (Some(fixed), Some(change), Some(resolution)) = (&self.fixed_in, &self.change, &self.resolution)
        else {
            return Ok(());
        };
        sh.dossier(&[
            "anomaly",
            "resolve",
            id,
            "--disposition",
            "corrected",
            "--fixed-in",
            fixed,
            "--change",
            change,
            "--resolution",
            resolution,
        ])?;
        match (&self.verified_by, &self.evidence) {
            (Some(by), Some(evidence)) => sh.act(by, by, &["anomaly", "verify", id, "--evidence", evidence]),
            _ => Ok(()),
        }
    }
}

impl Evaluation {
    /// By the risk owner, and countersigned by the PRRC, one anomaly at a time.
    pub(crate) fn record(&self, sh: &Shell) -> Result<()> {
        let (hazards, controls) = (self.hazards.join(","), self.controls.join(","));
        for by in [&self.by, &self.countersigned_by] {
            sh.act(
                by,
                by,
                &[
                    "anomaly",
                    "evaluate",
                    &self.anomaly,
                    "--release",
                    &self.release,
                    "--outcome",
                    &self.outcome,
                    "--hazards",
                    &hazards,
                    "--controls",
                    &controls,
                    "--rationale",
                    &self.rationale,
                    "--disclosed",
                    &self.disclosed,
                ],
            )?;
        }
        Ok(())
    }
}

impl ClauseEvaluation {
    /// A person's judgement over named evidence.
    pub(crate) fn record(&self, sh: &Shell, data: &Data) -> Result<()> {
        let judged = self.judged.join(",");
        let answers: Vec<String> = self.answers.iter().map(|(name, text)| format!("{name}={text}")).collect();
        let mut args = vec![
            "clauses",
            "evaluate",
            &self.clause,
            "--subject",
            &self.subject,
            "--judged",
            &judged,
            "--rationale",
            &self.rationale,
        ];
        args.extend(answers.iter().flat_map(|a| ["--answer", a.as_str()]));
        sh.act(&self.by, data.main_role(&self.by)?, &args)
    }
}

impl Deviation {
    /// A deferred case with its reason.
    pub(crate) fn record(&self, sh: &Shell) -> Result<()> {
        let others = self.verified_by.join(",");
        let args = [
            "release",
            "deviation",
            VERSION,
            "--case",
            &self.case,
            "--reason",
            &self.reason,
            "--anomaly",
            &self.anomaly,
            "--verified-by",
            &others,
        ];
        sh.act(&self.by, &self.by, &args)
    }
}

impl Checklist {
    /// The 5.8.6 checklist.
    pub(crate) fn record(&self, sh: &Shell) -> Result<()> {
        let lines: Vec<String> = self.documents.iter().map(|(l, d)| format!("{l}={d}")).collect();
        let not: Vec<String> = self.not_applicable.iter().map(|(l, r)| format!("{l}={r}")).collect();
        let mut args = vec!["release", "checklist", VERSION, "--template", &self.template];
        for l in &lines {
            args.extend(["--line", l]);
        }
        for n in &not {
            args.extend(["--not-applicable", n]);
        }
        debug_assert!(BUILD.starts_with(VERSION));
        sh.act(&self.by, &self.by, &args)
    }
}

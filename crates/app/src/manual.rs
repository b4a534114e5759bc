//! Executing a test protocol by hand: step by step, resumable, signed at the end (62304:5.7.5, 9.8).

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::runs::{TestContext, next_run_id};
use crate::workspace::{Appended, Workspace};
use records::{CaseOutcome, CaseRun, RunExecute};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use vocabulary::{Digest, Instant, ItemId};

/// A protocol being walked through. Every answer is on the disk before the next question.
#[derive(Debug)]
pub struct ManualWalk {
    walk: Walk,
    file: PathBuf,
    actor: Actor,
}

/// What is kept between answers, and in the end as the run's evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    format: String,
    protocol: String,
    protocol_digest: Digest,
    context: TestContext,
    software: Digest,
    begun: Instant,
    tester: String,
    cases: Vec<WalkCase>,
}

/// A case of the protocol.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkCase {
    /// The test case.
    pub case: ItemId,
    /// Its title.
    pub title: String,
    /// Its content digest.
    pub digest: Digest,
    /// Its steps.
    pub steps: Vec<WalkStep>,
    /// An anomaly that a failed step opened.
    #[serde(default)]
    pub anomaly: Option<String>,
}

/// A step: what to do, what has to happen, what happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkStep {
    /// What to do.
    pub action: String,
    /// What has to happen.
    pub expected: String,
    /// What happened.
    #[serde(default)]
    pub answer: Option<StepAnswer>,
}

/// What happened in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepAnswer {
    /// Pass, fail, blocked.
    pub outcome: CaseOutcome,
    /// The actual result, in the tester's words.
    pub actual: String,
    /// Photos, screenshots, logs: name and digest.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// A file that shows what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its digest; the bytes are kept as evidence.
    pub digest: Digest,
}

/// Answers prepared in a file: `[[case]] case = "TC-1"`, and for each step `[[case.step]] outcome = "pass", actual = "…"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFile {
    #[serde(default)]
    run: Option<toml::Table>,
    #[serde(default)]
    case: Vec<CaseAnswers>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseAnswers {
    case: ItemId,
    /// The device of the configuration that this case was executed on.
    #[serde(default)]
    device: Option<String>,
    #[serde(default)]
    anomaly: Option<String>,
    #[serde(default)]
    step: Vec<PreparedAnswer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreparedAnswer {
    #[serde(default)]
    number: Option<usize>,
    outcome: CaseOutcome,
    actual: String,
    #[serde(default)]
    attachments: Vec<PathBuf>,
}

/// What a finished walk recorded.
#[derive(Debug)]
pub struct Walked {
    /// For people.
    pub summary: String,
    /// Whether every case passed.
    pub passed: bool,
    /// The entry.
    pub appended: Appended,
}

/// The format of the evidence blob.
const FORMAT: &str = "dossier/manual-run/v1";

impl ManualWalk {
    /// Begins a walk through protocol documents or single cases, or takes up the one that was interrupted. Cases that are
    /// not executed this time are left out by name.
    ///
    /// # Errors
    /// When a protocol has no case with steps, or the work tree is not what will be recorded.
    pub fn begin(
        ws: &Workspace,
        protocol: &[String],
        without: &[String],
        context: TestContext,
        actor: &Actor,
    ) -> Result<ManualWalk> {
        let analysis = Analysis::for_run(ws, context.commit.as_deref())?;
        let name = protocol.join("+");
        let file = ws.state_dir().join("walks").join(format!(
            "{}-{}.json",
            Digest::of(name.as_bytes()).short(),
            actor.person
        ));
        let mut cases = cases_of(&analysis, protocol)?;
        if let Some(unknown) = without.iter().find(|w| !cases.iter().any(|c| c.case.as_str() == w.as_str())) {
            return Err(Error::refused(format!(
                "`{unknown}` is not part of {name}, so it cannot be left out"
            )));
        }
        cases.retain(|c| !without.iter().any(|w| c.case.as_str() == w));
        let protocol_digest = match protocol {
            [one] => analysis.document_digest(one).or_else(|| analysis.item_digest(&one.parse().ok()?)),
            _ => None,
        };
        let listing: String = cases.iter().map(|c| format!("{} {}\n", c.case, c.digest)).collect();
        let walk = Walk {
            format: FORMAT.to_owned(),
            protocol: name,
            protocol_digest: protocol_digest.unwrap_or_else(|| Digest::of(listing.as_bytes())),
            context: TestContext { commit: analysis.commit_id(), ..context },
            software: Digest(analysis.software()?.digest),
            begun: ws.clock.now(),
            tester: actor.person.clone(),
            cases,
        };
        let walk = resumed(&file, walk)?;
        let walk = ManualWalk { walk, file, actor: actor.clone() };
        walk.save()?;
        Ok(walk)
    }

    /// The first step without an answer: case and step by index.
    pub fn next(&self) -> Option<(usize, usize)> {
        self.walk.cases.iter().enumerate().find_map(|(c, case)| {
            // A blocked step ends its case: what follows could not be done.
            let blocked = |s: &WalkStep| s.answer.as_ref().is_some_and(|a| a.outcome == CaseOutcome::Blocked);
            if case.steps.iter().any(blocked) {
                return None;
            }
            case.steps.iter().position(|s| s.answer.is_none()).map(|s| (c, s))
        })
    }

    /// The cases with what was answered so far.
    pub fn cases(&self) -> &[WalkCase] {
        &self.walk.cases
    }

    /// Records an answer; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the actual result is empty, or the disk does not take it.
    pub fn answer(&mut self, case: usize, step: usize, answer: StepAnswer) -> Result<()> {
        said("the actual result", &answer.actual)?;
        if let Some(s) = self.walk.cases.get_mut(case).and_then(|c| c.steps.get_mut(step)) {
            s.answer = Some(answer);
        }
        self.save()
    }

    /// Links an anomaly to a case.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn link_anomaly(&mut self, case: usize, anomaly: &str) -> Result<()> {
        if let Some(c) = self.walk.cases.get_mut(case) {
            c.anomaly = Some(anomaly.to_owned());
        }
        self.save()
    }

    /// Takes the answers from a TOML file.
    ///
    /// # Errors
    /// When the file answers other cases or steps than the protocol has.
    pub fn answer_from(&mut self, ws: &Workspace, file: &Path) -> Result<()> {
        let text = std::fs::read_to_string(file).doing(format_args!("read {}", file.display()))?;
        let answers: AnswerFile = toml::from_str(&text)
            .map_err(|e| Error::refused(format!("{} is no file of answers", file.display())).because(e))?;
        if let Some(named) = answers.run.as_ref().and_then(|r| r.get("protocol")?.as_str())
            && named != self.walk.protocol
        {
            return Err(Error::refused(format!(
                "{} answers {named}, not {}",
                file.display(),
                self.walk.protocol
            )));
        }
        let folder = file.parent().unwrap_or(Path::new("."));
        for given in answers.case {
            self.answer_case(ws, folder, given)?;
        }
        Ok(())
    }

    fn answer_case(&mut self, ws: &Workspace, folder: &Path, given: CaseAnswers) -> Result<()> {
        let Some(index) = self.walk.cases.iter().position(|c| c.case == given.case) else {
            return Err(Error::refused(format!("`{}` is not part of {}", given.case, self.walk.protocol)));
        };
        let wanted = self.walk.cases.get(index).map_or(0, |c| c.steps.len());
        let numbered = given.step.iter().enumerate().all(|(i, s)| s.number.is_none_or(|n| n == i + 1));
        if given.step.len() != wanted || !numbered {
            let answered = given.step.len();
            return Err(Error::refused(format!(
                "`{}` has {wanted} steps, {answered} are answered",
                given.case
            ))
            .hint("answer every step, in order, numbered from 1"));
        }
        for (step, prepared) in given.step.into_iter().enumerate() {
            let attachments = attach(ws, folder, &prepared.attachments)?;
            let actual = match &given.device {
                Some(device) => format!("[{device}] {}", prepared.actual),
                None => prepared.actual,
            };
            self.answer(index, step, StepAnswer { outcome: prepared.outcome, actual, attachments })?;
        }
        if let Some(anomaly) = given.anomaly {
            self.link_anomaly(index, &anomaly)?;
        }
        Ok(())
    }

    fn save(&self) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(&self.walk).doing("write the walk")?;
        let dir = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
        let file = tempfile::NamedTempFile::new_in(dir).doing("keep the answer")?;
        std::fs::write(file.path(), bytes)
            .and_then(|()| file.as_file().sync_all())
            .doing("keep the answer")?;
        file.persist(&self.file).doing("keep the answer")?;
        Ok(())
    }

    /// Signs and records the run.
    ///
    /// # Errors
    /// When a step is unanswered, a failed case names no anomaly that exists, or the person cannot sign.
    pub fn finish(self, ws: &Workspace) -> Result<Walked> {
        if let Some((case, step)) = self.next() {
            let id = self.walk.cases.get(case).map(|c| c.case.to_string()).unwrap_or_default();
            return Err(Error::refused(format!("step {} of {id} is not answered", step + 1))
                .hint("answer it: give the same command again; what was answered is kept"));
        }
        let ledger = ws.ledger()?;
        let state = ledger.state(None)?;
        let cases: Vec<CaseRun> = self.walk.cases.iter().map(case_run).collect();
        for case in cases.iter().filter(|c| c.outcome == CaseOutcome::Fail) {
            if !case.anomaly.as_ref().is_some_and(|a| state.anomalies.contains_key(a)) {
                return Err(Error::refused(format!("`{}` failed and names no reported anomaly", case.case))
                    .hint("report one: dossier anomaly report …, then name it for the case (62304:5.7.2)"));
            }
        }
        let steps = ws.blobs().put(&serde_json::to_vec_pretty(&self.walk).doing("write the walk")?)?;
        let passed = cases.iter().filter(|c| c.outcome == CaseOutcome::Pass).count();
        let total = cases.len();
        let body = RunExecute {
            run: next_run_id(&state),
            protocol: self.walk.protocol.clone(),
            protocol_digest: self.walk.protocol_digest,
            context: self.walk.context.record(
                Some(self.walk.software),
                &self.walk.tester,
                &ws.clock.now().to_string(),
            ),
            steps,
            cases,
        };
        let meaning = "I have executed these cases as written and recorded what I saw";
        let appended = ws.act_on(&ledger, &state, &self.actor, meaning, &body)?;
        if matches!(appended, Appended::Entries { .. }) {
            std::fs::remove_file(&self.file).doing("clear the finished walk")?;
        }
        Ok(Walked {
            summary: format!("{}: {passed} of {total} cases passed", body.run),
            passed: passed == total,
            appended,
        })
    }
}

/// An interrupted walk is taken up where it is the same protocol, text, tester and software; else the old one is set aside.
fn resumed(file: &Path, fresh: Walk) -> Result<Walk> {
    let Ok(bytes) = std::fs::read(file) else { return Ok(fresh) };
    let same = |old: &Walk| {
        old.protocol == fresh.protocol
            && old.protocol_digest == fresh.protocol_digest
            && old.software == fresh.software
            && old.tester == fresh.tester
            && old.cases.len() == fresh.cases.len()
            && old.cases.iter().zip(&fresh.cases).all(|(a, b)| a.case == b.case && a.digest == b.digest)
    };
    match serde_json::from_slice::<Walk>(&bytes) {
        Ok(old) if same(&old) => Ok(Walk { context: fresh.context, ..old }),
        _ => {
            let aside = file.with_extension("set-aside.json");
            std::fs::rename(file, &aside).doing(format_args!("set aside {}", file.display()))?;
            Ok(fresh)
        }
    }
}

fn cases_of(analysis: &Analysis, protocol: &[String]) -> Result<Vec<WalkCase>> {
    let mut out = Vec::new();
    for name in protocol {
        let cases = analysis.manual_cases(name);
        if cases.is_empty() {
            return Err(Error::refused(format!("`{name}` is no protocol and no test case with steps")).hint(
                "a protocol is a controlled document with test cases; a case has `steps` and `expected`",
            ));
        }
        out.extend(cases);
    }
    Ok(out)
}

fn case_run(case: &WalkCase) -> CaseRun {
    let worst = |want| case.steps.iter().any(|s| s.answer.as_ref().is_some_and(|a| a.outcome == want));
    let outcome = match (worst(CaseOutcome::Fail), worst(CaseOutcome::Blocked)) {
        (true, _) => CaseOutcome::Fail,
        (false, true) => CaseOutcome::Blocked,
        (false, false) => CaseOutcome::Pass,
    };
    CaseRun { case: case.case.clone(), digest: case.digest, outcome, anomaly: case.anomaly.clone() }
}

fn attach(ws: &Workspace, folder: &Path, files: &[PathBuf]) -> Result<Vec<Attachment>> {
    let one = |file: &PathBuf| {
        let path = folder.join(file);
        let bytes = std::fs::read(&path).doing(format_args!("read the attachment {}", path.display()))?;
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Attachment { name, digest: ws.blobs().put(&bytes)? })
    };
    files.iter().map(one).collect()
}

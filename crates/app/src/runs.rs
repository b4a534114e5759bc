//! Test runs: imported from reports, executed with dossier as the witness, listed, and loaded for the join.

use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::{Appended, Workspace};
use diagnostics::Diagnostic;
use evidence::cache;
use model::results::{Configuration, Outcome, Results, RunFacts, Tag, TestResult};
use records::state::Run;
use records::{CaseOutcome, Origin, Recorded, RunContext, RunExecute, RunImport, RunSummary, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vocabulary::{Digest, Instant};

/// What a run ran on, as the person gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestContext {
    /// The commit under test; HEAD of a clean work tree where absent.
    pub commit: Option<String>,
    /// The version that the software reported.
    pub version: Option<String>,
    /// Hardware and software configuration.
    pub configuration: BTreeMap<String, String>,
    /// Test tools with versions.
    pub tools: Vec<String>,
}

impl TestContext {
    pub(crate) fn record(&self, software: Option<Digest>, responsible: &str, ran_at: &str) -> RunContext {
        RunContext {
            software,
            commit: self.commit.clone(),
            version: self.version.clone(),
            configuration: self.configuration.clone(),
            tools: self.tools.clone(),
            responsible: responsible.to_owned(),
            ran_at: ran_at.to_owned(),
        }
    }
}

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// A line for each report.
    pub lines: Vec<String>,
    /// Cases that failed.
    pub failed: u64,
    /// The entries.
    pub appended: Appended,
}

/// The id of the next run.
pub(crate) fn next_run_id(state: &State) -> String {
    format!("RUN-{}", state.runs.len() + 1)
}

/// Imports reports. A report that is not sound (totals that lie, no cases, not XML) is refused whole: nothing of it is
/// recorded.
///
/// # Errors
/// When a report is not sound, the commit is not known, or an attestation does not hold.
pub fn test_import(
    ws: &Workspace,
    responsible: &str,
    files: &[PathBuf],
    origin: Origin,
    attestation: Option<&Path>,
    context: &TestContext,
) -> Result<Imported> {
    let mut reports = Vec::new();
    for file in files {
        let bytes = std::fs::read(file).doing(format_args!("read {}", file.display()))?;
        reports.push((file.display().to_string(), bytes));
    }
    let attestation = match attestation {
        Some(path) => Some(std::fs::read(path).doing(format_args!("read {}", path.display()))?),
        None if origin == Origin::CiAttested => {
            return Err(
                Error::refused("a CI result needs its attestation").hint("name it with `--attestation FILE`")
            );
        }
        None => None,
    };
    import(ws, responsible, reports, origin, attestation, context)
}

fn import(
    ws: &Workspace,
    responsible: &str,
    reports: Vec<(String, Vec<u8>)>,
    origin: Origin,
    attestation: Option<Vec<u8>>,
    context: &TestContext,
) -> Result<Imported> {
    let analysis = Analysis::for_run(ws, context.commit.as_deref())?;
    let software = analysis.software_digest();
    let context = TestContext { commit: analysis.commit_id(), ..context.clone() };
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let (mut drafts, mut lines, mut failed) = (Vec::new(), Vec::new(), 0);
    for (name, bytes) in &reports {
        let digest = Digest::of(bytes);
        if let Some(attestation) = &attestation {
            attested(&state, attestation, digest)?;
        }
        let (format, report) = evidence::read(bytes);
        let ran_at = report.timestamp.clone();
        let results = report.into_results().map_err(|problems| unsound(name, &problems))?;
        let summary = summary(&results);
        failed += summary.failed;
        let run = format!("RUN-{}", state.runs.len() + 1 + drafts.len());
        lines.push(format!(
            "{run}: {name}: {} cases, {} passed, {} failed, {} skipped",
            summary.total, summary.passed, summary.failed, summary.skipped
        ));
        ws.blobs().put(bytes)?;
        let body = RunImport {
            run,
            report: digest,
            file: name.clone(),
            format: format.to_owned(),
            context: context.record(
                software,
                responsible,
                &ran_at.unwrap_or_else(|| ws.clock.now().to_string()),
            ),
            origin,
            attestation: attestation.as_ref().map(|a| ws.blobs().put(a)).transpose()?,
            summary,
        };
        drafts.push(ws.at(&state).process(responsible, &body)?);
    }
    let appended = ws.append(&ledger, &state, &drafts)?;
    Ok(Imported { lines, failed, appended })
}

/// Whether a run that a client says it imports is what its report says: the form, the counts, the attestation.
///
/// # Errors
/// With what differs, or why the report cannot be evidence.
pub(crate) fn imported_again(ws: &Workspace, state: &State, said: &RunImport) -> Result<()> {
    let (format, report) = evidence::read(&ws.blobs().get(said.report)?);
    let results = report.into_results().map_err(|problems| unsound(&said.file, &problems))?;
    let own = summary(&results);
    if own != said.summary || format != said.format {
        return Err(Error::refused(format!(
            "{} is a {format} report of {} cases, {} passed, {} failed, {} skipped; the record says otherwise",
            said.file, own.total, own.passed, own.failed, own.skipped
        )));
    }
    match said.attestation {
        Some(attestation) => attested(state, &ws.blobs().get(attestation)?, said.report),
        None => Ok(()),
    }
}

pub(crate) fn repeated(state: &State, report: Digest, software: Option<Digest>) -> Option<String> {
    let same = |r: &&Recorded<RunImport>| r.body.report == report && r.body.context.software == software;
    let imports = state.runs.values().filter_map(|r| match r {
        Run::Imported(r) => Some(r),
        Run::Executed(_) => None,
    });
    imports.filter(same).map(|r| r.body.run.clone()).next()
}

fn unsound(name: &str, problems: &[evidence::Problem]) -> Error {
    let mut error = Error::refused(format!("{name} cannot be evidence; nothing of it was recorded"));
    for p in problems.iter().filter(|p| p.severity() == evidence::Severity::Error).take(5) {
        let place = if p.line > 0 { format!("{name}:{}:{}: ", p.line, p.column) } else { String::new() };
        error = error.hint(format!("{place}{}", p.cause));
        if let Some(help) = p.help() {
            error = error.hint(help);
        }
    }
    error
}

fn summary(results: &Results) -> RunSummary {
    let counts = results.counts();
    let n = |o| counts.of(o) as u64;
    RunSummary {
        total: counts.total() as u64,
        passed: n(Outcome::Passed),
        failed: n(Outcome::Failed) + n(Outcome::Errored),
        skipped: n(Outcome::Skipped) + n(Outcome::Blocked),
    }
}

/// An attestation is a DSSE envelope over an in-toto statement that names the report's digest, signed by a key of somebody
/// who holds the role `ci`.
fn attested(state: &State, bytes: &[u8], report: Digest) -> Result<()> {
    let envelope = signing::dsse::Envelope::from_json(bytes)
        .map_err(|e| Error::refused("the attestation is no DSSE envelope").because(e))?;
    let keys = state
        .persons
        .values()
        .filter(|p| p.roles.iter().any(|r| r.granted.body.role == "ci" && r.revoked_from.is_none()));
    let keys = keys.flat_map(|p| p.keys.iter().filter(|k| k.in_force_at(state.position)));
    for key in keys {
        let Ok((public, _)) = signing::PublicKey::from_openssh(&key.enrolled.body.public_key) else {
            continue;
        };
        let Ok(payload) = envelope.verify("application/vnd.in-toto+json", &public) else { continue };
        let statement: serde_json::Value = serde_json::from_slice(payload)
            .map_err(|e| Error::refused("the attestation is no JSON").because(e))?;
        let subjects = statement.get("subject").and_then(|s| s.as_array());
        let named = subjects.into_iter().flatten().any(|s| {
            s.pointer("/digest/sha256").and_then(|d| d.as_str()) == Some(report.to_string().as_str())
        });
        return if named {
            Ok(())
        } else {
            Err(Error::refused(format!("the attestation does not speak of this report (sha256:{report})")))
        };
    }
    Err(Error::refused("the attestation is not signed by an enrolled CI key")
        .hint("enrol the job as a person with the role `ci` and its key"))
}

/// Runs the product's automated tests with dossier as the witness, from an export of the commit, and imports what they
/// report.
///
/// # Errors
/// When no command is configured, a command does not leave the report that it is to leave, or a report is not sound.
pub fn test_execute(
    ws: &Workspace,
    responsible: &str,
    context: &TestContext,
    progress: &mut dyn FnMut(String),
) -> Result<Imported> {
    if ws.config.results.commands.is_empty() {
        return Err(Error::refused("no test command is configured")
            .hint("[results] commands = [\"…\"] and reports = [\"target/junit/*.xml\"] in dossier.toml"));
    }
    let repository = repository::open(ws)?;
    repository::clean(&repository)?;
    let folder = tempfile::tempdir().doing("make a folder for the tests")?;
    let commit = repository::commit(&repository, context.commit.as_deref().unwrap_or("HEAD"))?;
    repository.export(commit, &[], folder.path()).doing("export the commit")?;
    let root = folder.path().join(crate::analysis::product_prefix(ws, &repository)?);
    for command in &ws.config.results.commands {
        progress(format!("$ {command}"));
        let status = std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", ws.state_dir().join("cache").join("test-target"))
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .status()
            .doing(format_args!("start `{command}`"))?;
        progress(format!("  ended with {status}"));
    }
    let reports = find_reports(&root, &ws.config.results.reports)?;
    let context = TestContext { commit: Some(commit.to_string()), ..context.clone() };
    import(ws, responsible, reports, Origin::Executed, None, &context)
}

fn find_reports(root: &Path, patterns: &[String]) -> Result<Vec<(String, Vec<u8>)>> {
    let set = crate::analysis::globs(patterns, "")?;
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).doing(format_args!("list {}", folder.display()))?.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && set.is_match(&below) {
                found.push((below, std::fs::read(&path).doing(format_args!("read {}", path.display()))?));
            }
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Error::refused(format!(
            "the tests left no report: nothing matches {}",
            patterns.join(", ")
        )));
    }
    Ok(found)
}

/// All runs of the state with their results, for the join. A report that the ledger names and that is not here is an
/// error: a verdict without it would be one over less than was recorded.
/// A report that cannot be evidence any more is a finding, and its run has no results.
pub(crate) fn load(
    ws: &Workspace,
    analysis: &Analysis,
) -> Result<(Vec<model::results::Run>, Vec<Diagnostic>)> {
    let (mut out, mut found) = (Vec::new(), Vec::new());
    for run in analysis.state.runs.values() {
        let results = match run {
            Run::Imported(r) => match imported_results(ws, r.body.report)? {
                Ok(results) => results,
                Err(why) => {
                    found.push(not_evidence(run, &why));
                    continue;
                }
            },
            Run::Executed(r) => executed_results(&r.body, analysis),
        };
        // A run whose software is not known proves nothing about any: it joins under a digest that nothing has.
        let software = run.context().software.unwrap_or_else(|| Digest::of(run.id().as_bytes()));
        out.push(model::results::Run { facts: facts(run, software), results });
    }
    Ok((out, found))
}

/// A report that was recorded, and whose totals lie or that is none.
fn not_evidence(run: &Run, why: &str) -> Diagnostic {
    let message = format!("run `{}` has a report that cannot be evidence: {why}", run.id());
    Diagnostic::new(
        "R0288",
        "run-totals-differ",
        diagnostics::Severity::Error,
        message,
        diagnostics::Location::entry(run.meta().seq),
    )
    .clause("62304:5.7.5")
    .subject(run.id())
    .label("recorded here")
    .help("have the report made again, and import it")
}

fn facts(run: &Run, software: Digest) -> RunFacts {
    let context = run.context();
    let hardware = context.configuration.get("hardware").or_else(|| context.configuration.get("device"));
    let other: Vec<String> = context.configuration.iter().map(|(k, v)| format!("{k}: {v}")).collect();
    RunFacts {
        id: run.id().to_owned(),
        software,
        version: context.version.clone().unwrap_or_default(),
        configuration: Configuration {
            hardware: hardware.cloned().unwrap_or_default(),
            software: other.join(", "),
        },
        tools: context.tools.clone(),
        at: context.ran_at.parse::<Instant>().unwrap_or(run.meta().at),
        position: run.meta().seq,
        person: context.responsible.clone(),
        origin: match run.origin() {
            Origin::Executed => model::results::Origin::ExecutedByDossier,
            Origin::CiAttested => model::results::Origin::CiAttested,
            Origin::Uploaded => model::results::Origin::UploadedByHand,
        },
        report: match run {
            Run::Imported(r) => r.body.report,
            Run::Executed(r) => r.body.steps,
        },
    }
}

/// The results of a report, from the cache where it has them. Deleting the cache changes nothing.
fn imported_results(ws: &Workspace, report: Digest) -> Result<std::result::Result<Results, String>> {
    let file = ws.state_dir().join("cache").join("results").join(cache::key(&report));
    if let Ok(bytes) = std::fs::read(&file)
        && let Ok(results) = cache::decode(&bytes)
    {
        return Ok(Ok(results));
    }
    let bytes = ws.blobs().get(report)?;
    let results = match evidence::read(&bytes).1.into_results() {
        Ok(results) => results,
        Err(problems) => {
            let worst = problems.iter().find(|p| p.severity() == evidence::Severity::Error);
            return Ok(Err(worst.map_or_else(String::new, |p| p.cause.to_string())));
        }
    };
    // A cache that cannot be written costs time, not correctness.
    if let Some(dir) = file.parent()
        && std::fs::create_dir_all(dir).is_ok()
        && let Ok(temporary) = tempfile::NamedTempFile::new_in(dir)
        && std::fs::write(temporary.path(), cache::encode(&results)).is_ok()
    {
        let _ = temporary.persist(&file);
    }
    Ok(Ok(results))
}

/// A case that a person executed is a result that verifies itself; one whose text changed since was not executed.
fn executed_results(body: &RunExecute, analysis: &Analysis) -> Results {
    let mut results = Results::with_capacity(body.cases.len(), 64);
    for case in &body.cases {
        if analysis.item_digest(&case.case) != Some(case.digest) {
            continue;
        }
        let outcome = match case.outcome {
            CaseOutcome::Pass => Outcome::Passed,
            CaseOutcome::Fail => Outcome::Failed,
            CaseOutcome::Blocked => Outcome::Blocked,
        };
        let result = TestResult {
            class: "",
            name: case.case.as_str(),
            outcome,
            duration: None,
            message: case.anomaly.as_deref().unwrap_or_default(),
            flaky: false,
            verifies: case.case.as_str(),
        };
        if results.push(result).is_err() {
            break;
        }
    }
    results
}

/// Comment tags in the sources that `[results] tags` names, at the commit or in the work tree.
pub(crate) fn tags(ws: &Workspace, analysis: &Analysis) -> Result<Vec<Tag>> {
    let patterns = &analysis.config.results.tags;
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let repository = repository::open(ws)?;
    let prefix = crate::analysis::product_prefix(ws, &repository)?;
    let set = crate::analysis::globs(patterns, &prefix)?;
    let scan = |path: &str, bytes: &[u8]| {
        let below = path.strip_prefix(prefix.as_str()).unwrap_or(path);
        evidence::tags::scan(below, &String::from_utf8_lossy(bytes))
    };
    let mut out = Vec::new();
    if let Some(commit) = analysis.commit() {
        let mut entries = repository.entries(commit, &[]).doing("list the commit's files")?;
        entries.retain(|e| set.is_match(&*e.path.to_text()));
        let found = repository.map_blobs(&entries, |e, bytes| scan(&e.path.to_text(), bytes));
        out.extend(found.doing("read the sources at the commit")?.into_iter().flatten());
    } else {
        for file in repository.work_tree_files(&[]).doing("list the work tree")? {
            let path = file.path.to_text();
            if set.is_match(&*path) {
                let bytes = repository.read_work_tree_file(&file).doing(format_args!("read {path}"))?;
                out.extend(scan(&path, &bytes));
            }
        }
    }
    Ok(out)
}

/// A run in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RunRow {
    /// The id.
    pub run: String,
    /// The report's file, or the protocol.
    pub what: String,
    /// Where the results come from.
    pub origin: String,
    /// For people: `480 of 480 passed`.
    pub counts: String,
    /// The version tested.
    pub version: String,
    /// The software digest.
    pub software: Option<Digest>,
    /// When it ran.
    pub at: String,
    /// The person responsible.
    pub responsible: String,
}

/// All runs, oldest first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn test_list(ws: &Workspace) -> Result<Vec<RunRow>> {
    let state = ws.ledger()?.listed(ws, None)?;
    let mut runs: Vec<&Run> = state.runs.values().collect();
    runs.sort_by_key(|r| r.meta().seq);
    Ok(runs.into_iter().map(row).collect())
}

fn row(run: &Run) -> RunRow {
    let (what, counts) = match run {
        Run::Imported(r) => {
            (r.body.file.clone(), format!("{} of {} passed", r.body.summary.passed, r.body.summary.total))
        }
        Run::Executed(r) => {
            let passed = r.body.cases.iter().filter(|c| c.outcome == CaseOutcome::Pass).count();
            (r.body.protocol.clone(), format!("{passed} of {} passed", r.body.cases.len()))
        }
    };
    let context = run.context();
    RunRow {
        run: run.id().to_owned(),
        what,
        origin: run.origin().about().to_owned(),
        counts,
        version: context.version.clone().unwrap_or_default(),
        software: context.software,
        at: context.ran_at.clone(),
        responsible: context.responsible.clone(),
    }
}

/// One run with everything that its record says, as JSON.
///
/// # Errors
/// When there is none of that id.
pub fn test_show(ws: &Workspace, run: &str) -> Result<serde_json::Value> {
    let state = ws.ledger()?.listed(ws, None)?;
    let found = state.runs.get(run).ok_or_else(|| {
        Error::refused(format!("there is no run `{run}`")).hint("list them with `dossier test list`")
    })?;
    let record = match found {
        Run::Imported(r) => serde_json::json!(r.body),
        Run::Executed(r) => {
            let steps: serde_json::Value =
                serde_json::from_slice(&ws.blobs().get(r.body.steps)?).doing("read the steps of the run")?;
            serde_json::json!({"record": r.body, "steps": steps})
        }
    };
    let signer = found.meta().signer.as_deref().map(|s| {
        serde_json::json!({"name": s.name, "role": s.role,
        "meaning": s.meaning, "at": s.at, "key_id": s.key_id})
    });
    Ok(serde_json::json!({"format": "dossier/run/v1", "run": run, "entry": found.meta().seq,
        "at": found.meta().at, "signed_by": signer, "record": record}))
}

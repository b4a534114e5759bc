//! `security test`: reports of security tests (SARIF) in; `security judge`: what a person says of a result.

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use evidence::sarif::{self, Level};
use model::Kind;
use records::{SECURITY_TESTS, SecurityFinding, SecurityJudge, SecurityTest};
use std::path::Path;
use vocabulary::{Digest, ItemId};

/// Bytes of an entry that results may take; the rest of them is in the report.
const FOUND_BYTES_MAX: usize = 40_000;

/// What is said of a report.
#[derive(Clone, Debug, Default)]
pub struct SecurityTestOptions {
    /// One of [`SECURITY_TESTS`].
    pub kind: String,
    /// Who answers for the test, and whether they are independent of the authors.
    pub tester: String,
    /// The threats, requirements and controls that it was to verify.
    pub verifies: Vec<ItemId>,
    /// The commit that was tested; HEAD of a clean work tree where absent.
    pub commit: Option<String>,
}

/// What was recorded.
#[derive(Debug)]
pub struct SecurityTested {
    /// The record.
    pub body: SecurityTest,
    /// The entry.
    pub appended: Appended,
}

/// Brings in the report of a security test.
///
/// # Errors
/// When it is no sound SARIF, was brought in before for this software, or names items that are not there.
pub fn security_test(
    ws: &Workspace,
    by: &str,
    report: &Path,
    options: &SecurityTestOptions,
) -> Result<SecurityTested> {
    said("who answers for the test", &options.tester)?;
    if !SECURITY_TESTS.contains(&options.kind.as_str()) {
        return Err(Error::refused(format!("`{}` is no kind of security test", options.kind))
            .hint(format!("kinds: {}", SECURITY_TESTS.join(", "))));
    }
    let shown = report.display().to_string();
    let bytes = std::fs::read(report).doing(format_args!("read {shown}"))?;
    let read = sarif::read(&bytes).map_err(|e| {
        Error::refused(format!("{shown} is not taken in: {e}")).hint("reports come as SARIF 2.1.0")
    })?;
    let analysis = Analysis::for_run(ws, options.commit.as_deref())?;
    let software = analysis.software_digest().ok_or_else(|| {
        Error::refused("what was tested is not known")
            .hint("[software] paths in dossier.toml names the software")
    })?;
    for id in &options.verifies {
        let kind = analysis.model.by_id(id.as_str()).map(|i| i.kind);
        let testable = [Kind::Threat, Kind::SoftwareRequirement, Kind::SystemRequirement, Kind::RiskControl];
        if !kind.is_some_and(|k| testable.contains(&k)) {
            return Err(Error::refused(format!("`{id}` is no threat, requirement or control")));
        }
    }
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let digest = Digest::of(&bytes);
    if let Some(before) =
        state.security.tests.iter().find(|t| t.body.report == digest && t.body.software == software)
    {
        return Err(Error::refused(format!("{shown} was brought in before, as {}", before.body.test))
            .hint("the same report on the same software is one test"));
    }
    let counts = |r: &&sarif::SarifResult| matches!(r.level, Level::Error | Level::Warning);
    let open = read.results.iter().filter(counts).count() as u64;
    let body = SecurityTest {
        test: state.next_security_test_id(),
        kind: options.kind.clone(),
        tools: read.tools.clone(),
        report: ws.blobs().put(&bytes)?,
        software,
        commit: analysis.commit_id(),
        tester: options.tester.clone(),
        verifies: options.verifies.clone(),
        rules: read.rules as u64,
        results: read.levels.clone(),
        suppressed: read.suppressed,
        found: listed(read.results.iter().filter(counts)),
        open,
        source: shown,
    };
    let draft = ws.at(&state).process(by, &body)?;
    let appended = ws.append(&ledger, &state, &[draft])?;
    Ok(SecurityTested { body, appended })
}

fn listed<'a>(results: impl Iterator<Item = &'a sarif::SarifResult>) -> Vec<SecurityFinding> {
    let mut room = FOUND_BYTES_MAX;
    let mut out = Vec::new();
    for r in results {
        let row = SecurityFinding {
            key: r.key.clone(),
            rule: r.rule.clone(),
            level: r.level.as_str().to_owned(),
            place: r.place.clone(),
            message: r.message.clone(),
        };
        let size = serde_json::to_vec(&row).map_or(FOUND_BYTES_MAX, |b| b.len() + 1);
        let Some(left) = room.checked_sub(size) else { break };
        room = left;
        out.push(row);
    }
    out
}

/// What a person says of a result.
#[derive(Clone, Debug)]
pub struct ResultJudgement {
    /// The test.
    pub test: String,
    /// The result's key, or the beginning of it.
    pub key: String,
    /// `false-positive`, `accepted`, `anomaly`.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// The problem report that it became.
    pub anomaly: Option<String>,
}

/// Judges a result of a security test, for this and later tests.
///
/// # Errors
/// When there is no such test, result or problem report.
pub fn security_judge(ws: &Workspace, actor: &Actor, j: &ResultJudgement) -> Result<Appended> {
    said("the reason", &j.reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let test = state.security.tests.iter().find(|t| t.body.test == j.test).ok_or_else(|| {
        Error::refused(format!("there is no security test `{}`", j.test))
            .hint("list them: dossier security show")
    })?;
    let fits: Vec<&SecurityFinding> = test.body.found.iter().filter(|f| f.key.starts_with(&j.key)).collect();
    let found = match fits.as_slice() {
        [one] => *one,
        [] => {
            return Err(Error::refused(format!("`{}` has no open result `{}`", j.test, j.key))
                .hint("list them: dossier security show --format json"));
        }
        [first, ..] if fits.iter().all(|f| f.key == first.key) => first,
        many => {
            return Err(Error::refused(format!(
                "{} results of `{}` begin with `{}`",
                many.len(),
                j.test,
                j.key
            )));
        }
    };
    match (j.verdict.as_str(), &j.anomaly) {
        ("anomaly", None) => {
            return Err(Error::refused("which problem report it became is not said")
                .hint("report it first: dossier anomaly report …, then `--anomaly ID`"));
        }
        (_, Some(anomaly)) if !state.anomalies.contains_key(anomaly) => {
            return Err(Error::refused(format!("there is no anomaly `{anomaly}`")));
        }
        _ => {}
    }
    let body = SecurityJudge {
        test: j.test.clone(),
        key: found.key.clone(),
        verdict: j.verdict.clone(),
        reason: j.reason.clone(),
        anomaly: j.anomaly.clone(),
    };
    ws.act_on(&ledger, &state, actor, "I have judged this result of a security test", &body)
}

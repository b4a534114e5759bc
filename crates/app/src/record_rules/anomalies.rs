//! Rules of anomalies (62304:9).

use super::Cx;
use crate::anomalies::{existing, state_word};
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use records::*;

pub(super) fn report(cx: &Cx<'_>, body: &AnomalyReport) -> Result<()> {
    identifier("the id of an anomaly", &body.anomaly)?;
    if cx.tracked(&body.anomaly) {
        return Ok(());
    }
    said("a title", &body.title)?;
    said("a description", &body.description)?;
    said("how it was found", &body.found)?;
    said("the version in which it was seen", &body.version)?;
    said("a severity", &body.severity)?;
    on_scale(cx, &body.severity)
}

/// A firm that states its scale means it; one that states none is not held to ours.
fn on_scale(cx: &Cx<'_>, severity: &str) -> Result<()> {
    let scale = &cx.ws.config.anomalies.severity;
    if scale.is_empty() || scale.iter().any(|s| s.eq_ignore_ascii_case(severity)) {
        return Ok(());
    }
    Err(Error::refused(format!("`{severity}` is not on the scale of severity"))
        .hint(format!("[anomalies] severity in dossier.toml has {}", scale.join(", "))))
}

pub(super) fn amend(cx: &Cx<'_>, body: &AnomalyAmend) -> Result<()> {
    said("a reason", &body.reason)?;
    if body.fields.is_empty() && body.affects.is_none() {
        return Err(Error::refused("nothing is to be amended").hint("name a field: `--set severity=major`"));
    }
    if let Some(name) = body.fields.keys().find(|f| !AMENDABLE.contains(&f.as_str())) {
        return Err(Error::refused(format!("`{name}` is no field of a report"))
            .hint(format!("fields: {}", AMENDABLE.join(", "))));
    }
    let anomaly = existing(cx.state, &body.anomaly)?;
    if cx.tracked(&body.anomaly) {
        return Ok(());
    }
    if let Some(severity) = body.fields.get("severity") {
        on_scale(cx, severity)?;
    }
    if let Some(m) = anomaly.mirror().filter(|m| m.body.status != "deleted") {
        return Err(Error::refused(format!("`{}` is mirrored from {}", body.anomaly, m.body.tracker))
            .hint(format!("the tracker owns these fields: change {} there and import again", m.body.key)));
    }
    Ok(())
}

pub(super) fn mirror(cx: &Cx<'_>, body: &AnomalyMirror) -> Result<()> {
    said("the tracker", &body.tracker)?;
    said("the key of the issue", &body.key)?;
    // An export without unchanging ids has the key in their place: the issue of that key is the same one.
    let unnamed = |m: &AnomalyMirror| m.issue == m.key;
    let same = |m: &AnomalyMirror| {
        m.tracker == body.tracker
            && (m.issue == body.issue || m.key == body.key && (unnamed(m) || unnamed(body)))
    };
    let other = |m: &Recorded<AnomalyMirror>| !same(&m.body);
    if existing(cx.state, &body.anomaly)?.mirror().is_some_and(other) {
        return Err(Error::refused(format!("`{}` mirrors another issue", body.anomaly))
            .hint("an anomaly stands for one issue of one tracker"));
    }
    Ok(())
}

pub(super) fn investigate(cx: &Cx<'_>, body: &AnomalyInvestigate) -> Result<()> {
    said("the cause", &body.cause)?;
    said("the outcome", &body.outcome)?;
    existing(cx.state, &body.anomaly)?;
    if let Some(change) = &body.change {
        crate::changes::existing(cx.state, change)?;
    }
    if body.change.is_some() && !body.no_change.trim().is_empty() {
        return Err(Error::refused("a change request follows, or a reason for none: not both"));
    }
    Ok(())
}

pub(super) fn advise(cx: &Cx<'_>, body: &AnomalyAdvise) -> Result<()> {
    said("what they were told, or why nobody is", &body.message)?;
    said("by which means", &body.means)?;
    if body.parties.iter().all(|p| p.trim().is_empty()) {
        return Err(Error::refused("nobody is named")
            .hint("name the parties: `--parties support,clinic-7`; `none` says that nobody is to be told"));
    }
    existing(cx.state, &body.anomaly).map(|_| ())
}

pub(super) fn evaluate(cx: &Cx<'_>, body: &AnomalyEvaluate) -> Result<()> {
    said("a rationale", &body.rationale)?;
    existing(cx.state, &body.anomaly)?;
    let Some(release) = cx.state.releases.get(&body.release).filter(|r| r.candidate().is_some()) else {
        return Err(Error::refused(format!("no release `{}` is open", body.release))
            .hint(format!("open it first: dossier release open {}", body.release)));
    };
    if release.sealed.is_some() {
        return Err(Error::refused(format!(
            "release `{}` is sealed, and its evaluations with it",
            body.release
        ))
        .hint(format!(
            "what is known of it since then is judged: dossier anomaly judge {} --release {}",
            body.anomaly, body.release
        )));
    }
    Ok(())
}

pub(super) fn field(cx: &Cx<'_>, body: &AnomalyField) -> Result<()> {
    said("a rationale", &body.rationale)?;
    said("the reason for telling users or not", &body.users.reason)?;
    said("the reason for telling regulators or not", &body.regulators.reason)?;
    let anomaly = existing(cx.state, &body.anomaly)?;
    if !cx.state.fielded().any(|(v, _)| v == body.release) {
        return Err(Error::refused(format!("release `{}` is not in the field", body.release)).hint(
            "sealed releases that are not withdrawn are in the field: dossier release list; for one that is being prepared: dossier anomaly evaluate",
        ));
    }
    if body.affected == Affected::NotAffected && body.outcome == EvaluationOutcome::Unacceptable {
        return Err(Error::refused(
            "a release that has not the anomaly cannot have an unacceptable risk from it",
        ));
    }
    if body.seen != anomaly.last_finding() {
        return Err(Error::refused(format!(
            "it was judged on entry {}, and entry {} is the last that says something of `{}`",
            body.seen,
            anomaly.last_finding(),
            body.anomaly
        )));
    }
    Ok(())
}

pub(super) fn resolve(cx: &Cx<'_>, body: &AnomalyResolve) -> Result<()> {
    said("what was done, or why nothing", &body.resolution)?;
    let anomaly = existing(cx.state, &body.anomaly)?;
    if anomaly.resolution().is_some() && !anomaly.is_open() {
        return Err(Error::refused(format!("`{}` is closed: {}", body.anomaly, state_word(anomaly)))
            .hint(format!("if it came back: dossier anomaly reopen {} --reason …", body.anomaly)));
    }
    if let Some(change) = &body.change {
        crate::changes::existing(cx.state, change)?;
    }
    match body.disposition {
        // A tracker says "fixed" without a version; a correction without one stays residual in every version.
        Disposition::Corrected if body.fixed_in.is_none() && !cx.tracked(&body.anomaly) => {
            Err(Error::refused("a correction needs the version that carries it")
                .hint("add `--fixed-in 2.4.1`"))
        }
        Disposition::Duplicate => duplicate_of_something(cx.state, body),
        _ => Ok(()),
    }
}

/// A duplicate points at another anomaly, and following such pointers comes to an end.
fn duplicate_of_something(state: &State, body: &AnomalyResolve) -> Result<()> {
    let mut at = body.duplicate_of.clone().ok_or_else(|| {
        Error::refused("a duplicate needs the anomaly that it repeats").hint("add `--duplicate-of ID`")
    })?;
    for _ in 0..=state.anomalies.len() {
        if at == body.anomaly {
            return Err(Error::refused(format!("`{}` would be a duplicate of itself", body.anomaly))
                .hint("resolve the other one as the duplicate, or reopen the chain where it is wrong"));
        }
        match existing(state, &at)?.resolution().and_then(|r| r.body.duplicate_of.clone()) {
            Some(further) => at = further,
            None => return Ok(()),
        }
    }
    Ok(())
}

pub(super) fn verify(cx: &Cx<'_>, body: &AnomalyVerify) -> Result<()> {
    said("the evidence", &body.evidence)?;
    if existing(cx.state, &body.anomaly)?.resolution().is_none() {
        return Err(Error::refused(format!("`{}` has no resolution to verify", body.anomaly))
            .hint(format!("resolve it first: dossier anomaly resolve {}", body.anomaly)));
    }
    super::complaints::reported(cx.state, &body.anomaly)
}

pub(super) fn reopen(cx: &Cx<'_>, body: &AnomalyReopen) -> Result<()> {
    said("a reason", &body.reason)?;
    if existing(cx.state, &body.anomaly)?.resolution().is_none() {
        return Err(Error::refused(format!("`{}` is not resolved, so it is open", body.anomaly)));
    }
    Ok(())
}

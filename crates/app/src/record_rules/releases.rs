//! Rules of releases, runs, rebuilds, evaluations and waivers.

use super::{Cx, body};
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::releases::{allowed, existing};
use records::*;
use release::steps::Step;

pub(super) fn open(cx: &Cx<'_>, body: &ReleaseOpen) -> Result<()> {
    said("a summary", &body.summary)?;
    crate::releases::well_formed(&body.version)?;
    if body.commits.is_empty() {
        return Err(Error::refused("a release is opened on a commit"));
    }
    let next = crate::releases::next_candidate(cx.state, &body.version)?;
    if body.candidate != next {
        return Err(Error::refused(format!("the next candidate is {next}, not {}", body.candidate)));
    }
    Ok(())
}

pub(super) fn deliver(cx: &Cx<'_>, body: &ReleaseDeliver) -> Result<()> {
    said("a channel", &body.channel)?;
    allowed(Step::Deliver, existing(cx.state, &body.version)?, &body.version)?;
    if cx.state.simulated_clock {
        return Err(Error::refused(
            "the clock of this ledger is simulated: what it sealed is never delivered",
        ));
    }
    Ok(())
}

pub(super) fn withdraw(cx: &Cx<'_>, body: &ReleaseWithdraw) -> Result<()> {
    said("a reason", &body.reason)?;
    allowed(Step::Withdraw, existing(cx.state, &body.version)?, &body.version)
}

pub(super) fn deviation(cx: &Cx<'_>, body: &DeviationRecord) -> Result<()> {
    said("a reason", &body.reason)?;
    existing(cx.state, &body.version)?;
    if !cx.state.anomalies.contains_key(&body.anomaly) {
        return Err(Error::refused(format!("there is no anomaly `{}`", body.anomaly))
            .hint("a deviation is linked to an anomaly: report it first"));
    }
    Ok(())
}

fn sealed(cx: &Cx<'_>, version: &str) -> Result<()> {
    if cx.state.releases.get(version).is_none_or(|r| r.sealed.is_none()) {
        return Err(Error::refused(format!("release `{version}` is not sealed")));
    }
    Ok(())
}

pub(super) fn rebuild(cx: &Cx<'_>, body: &RebuildRecord) -> Result<()> {
    sealed(cx, &body.version)
}

/// A drill is drawn, not chosen; its outcome is that of the rebuild before it; a failed one has its corrective action.
pub(super) fn drill(cx: &Cx<'_>, body: &DrillRecord) -> Result<()> {
    let among = crate::rebuilds::drillable(cx.state);
    if body.among != among {
        return Err(Error::refused(format!(
            "a drill draws from every sealed release that can be built from the archive alone: {}",
            among.join(", ")
        )));
    }
    let drawn = crate::rebuilds::draw(body.seed, &among);
    if drawn.as_deref() != Some(body.version.as_str()) {
        return Err(Error::refused(format!(
            "seed {} draws `{}`, not `{}`",
            body.seed,
            drawn.unwrap_or_default(),
            body.version
        )));
    }
    let drilled = cx.state.drills.iter().rev().find(|d| d.body.version == body.version);
    let rebuilt = cx.state.releases.get(&body.version).and_then(|r| r.rebuilds.last());
    if !rebuilt
        .is_some_and(|r| r.body.outcome == body.outcome && drilled.is_none_or(|d| r.meta.seq > d.meta.seq))
    {
        return Err(Error::refused(format!(
            "no rebuild of `{}` with this outcome is on record",
            body.version
        ))
        .hint("a drill is recorded by who ran the rebuild: dossier drill"));
    }
    match &body.capa {
        Some(id) => crate::maintenance::capa(cx.state, id).map(|_| ()),
        None if body.outcome == RebuildOutcome::Identical => Ok(()),
        None => Err(Error::refused("a failed drill opens a corrective action")),
    }
}

pub(super) fn delivery_check(cx: &Cx<'_>, body: &DeliveryCheck) -> Result<()> {
    said("the installation", &body.installation)?;
    sealed(cx, &body.version)
}

/// The same report on the same software is one run, and what says that CI attested it has the attestation.
pub(super) fn run(cx: &Cx<'_>, run: &RunImport) -> Result<()> {
    let attested = run.origin == Origin::CiAttested;
    if attested != run.attestation.is_some() {
        return Err(Error::refused("a CI result needs its attestation, and only a CI result has one")
            .hint("name it with `--attestation FILE`"));
    }
    let twin = |d: &&ledger::Draft| {
        body::<RunImport>(d).is_ok_and(|o| {
            o.run != run.run && o.report == run.report && o.context.software == run.context.software
        })
    };
    let before = crate::runs::repeated(cx.state, run.report, run.context.software);
    let beside = cx.batch.iter().filter(|d| d.kind == RunImport::KIND).any(|d| twin(&d));
    match before {
        None if !beside => Ok(()),
        before => Err(Error::refused(format!(
            "{} was imported before, as {}",
            run.file,
            before.unwrap_or_else(|| "another report of these".to_owned())
        ))
        .hint("the same report on the same software is one run")),
    }
}

pub(super) fn evaluation(_: &Cx<'_>, body: &EvaluationRecord) -> Result<()> {
    said("a rationale", &body.rationale)?;
    if body.judged.is_empty() {
        return Err(Error::refused("an evaluation names what was judged")
            .hint("name items, documents or runs with `--judged DOC-STP,RUN-3`"));
    }
    Ok(())
}

pub(super) fn waiver(cx: &Cx<'_>, body: &WaiverGrant) -> Result<()> {
    identifier("the id of a waiver", &body.waiver)?;
    said("a subject", &body.subject)?;
    said("a reason", &body.reason)?;
    let (id, name, waivable) = crate::house_rules::waivable(cx.ws, &body.rule)?;
    if !waivable {
        return Err(Error::refused(format!("`{id}` ({name}) can never be waived"))
            .hint(format!("see why: dossier explain {id}")));
    }
    if body.until < cx.today()? {
        return Err(Error::refused(format!("the waiver would have ended on {}", body.until)));
    }
    Ok(())
}

pub(super) fn waiver_withdraw(cx: &Cx<'_>, body: &WaiverWithdraw) -> Result<()> {
    said("a reason", &body.reason)?;
    if let Some(before) = cx.state.withdrawn_waivers.get(&body.waiver) {
        let entry = before.withdrawn.meta.seq;
        return Err(Error::refused(format!(
            "the waiver `{}` was withdrawn before, in entry {entry}",
            body.waiver
        )));
    }
    if !cx.state.waivers.contains_key(&body.waiver) {
        return Err(Error::refused(format!("there is no waiver `{}`", body.waiver))
            .hint("`dossier waiver list` shows all"));
    }
    Ok(())
}

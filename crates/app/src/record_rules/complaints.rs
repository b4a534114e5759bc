//! Rules of complaints, corrective actions, feedback, notices and trend reviews (62304:6.2, 9.6; 13485:8.2, 8.5).

use super::Cx;
use crate::error::{Error, Result};
use crate::maintenance::{capa, complaint, term};
use crate::people::{identifier, said};
use records::*;

/// What is reportable to an authority and was not reported holds its end open.
pub(super) fn reported(state: &State, subject: &str) -> Result<()> {
    let decided = state.reportability_of(subject);
    if let Some(open) = decided.iter().find(|d| d.body.reportable && d.body.reported.is_none()) {
        let until = open.body.deadline.map(|d| format!(" until {d}")).unwrap_or_default();
        return Err(Error::refused(format!(
            "`{subject}` is reportable under {}{until}, and no report is on record",
            open.body.regulation
        ))
        .hint("report it, then decide again with `--reported DATE --reference …`"));
    }
    Ok(())
}

pub(super) fn receive(cx: &Cx<'_>, body: &ComplaintReceive) -> Result<()> {
    identifier("the id of a complaint", &body.complaint)?;
    said("the device", &body.device)?;
    said("what is alleged", &body.nature)?;
    let today = cx.today()?;
    if body.received > today || body.aware > today {
        return Err(Error::refused("a complaint cannot come in on a day that has not come yet"));
    }
    if body.nature.contains('@') {
        return Err(Error::refused("this looks like an address of a person")
            .hint("the ledger is kept for years and forgets nothing: give personal data with `--personal FILE`, which seals them where they can be deleted, or leave them in the system that may delete them and name the record there with `--external`"));
    }
    Ok(())
}

pub(super) fn investigate(cx: &Cx<'_>, body: &ComplaintInvestigate) -> Result<()> {
    said("the result, or why no investigation is needed", &body.result)?;
    if complaint(cx.state, &body.complaint)?.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.complaint)));
    }
    for id in &body.anomalies {
        crate::anomalies::existing(cx.state, id)?;
    }
    for id in &body.capas {
        capa(cx.state, id)?;
    }
    if body.problem && body.anomalies.is_empty() {
        return Err(Error::refused("a problem of the software is a problem report (62304:6.2.2)")
            .hint("report it with `dossier anomaly report`, then name it with `--anomalies`"));
    }
    Ok(())
}

pub(super) fn decide(cx: &Cx<'_>, body: &ReportabilityDecide) -> Result<()> {
    said("the reason", &body.reason)?;
    if !cx.state.complaints.contains_key(&body.subject) && !cx.state.anomalies.contains_key(&body.subject) {
        return Err(Error::refused(format!("`{}` is neither a complaint nor an anomaly", body.subject)));
    }
    term(&body.regulation)?;
    if body.reported.is_some_and(|r| r < body.aware) {
        return Err(Error::refused("a report cannot be sent before anybody was aware"));
    }
    if body.reported.is_some() && body.reference.trim().is_empty() {
        return Err(Error::refused("a report that was sent has a reference").hint("`--reference …`"));
    }
    if body.reportable && body.deadline.is_none() {
        return Err(Error::refused("what is reportable has a last day").hint("give it: `--deadline DATE`"));
    }
    Ok(())
}

pub(super) fn close(cx: &Cx<'_>, body: &ComplaintClose) -> Result<()> {
    said("a reason", &body.reason)?;
    let found = complaint(cx.state, &body.complaint)?;
    if found.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.complaint)));
    }
    if found.investigations.is_empty() {
        return Err(Error::refused(format!("`{}` is not investigated", body.complaint))
            .hint("\"no investigation is needed, because …\" is a result: dossier complaint investigate"));
    }
    if cx.state.reportability_of(&body.complaint).is_empty() {
        return Err(Error::refused(format!("nobody decided whether `{}` is reported", body.complaint))
            .hint(format!("dossier complaint decide {} --regulation mdr-87 …", body.complaint)));
    }
    reported(cx.state, &body.complaint)
}

pub(super) fn capa_open(cx: &Cx<'_>, body: &CapaOpen) -> Result<()> {
    identifier("the id of a corrective action", &body.capa)?;
    said("what is wrong", &body.description)?;
    said("what it answers", &body.source)?;
    let elsewhere = body
        .source
        .split_once(':')
        .is_some_and(|(system, id)| !system.trim().is_empty() && !id.trim().is_empty());
    // A failed drill and an adverse trend open theirs with the record that it answers.
    if elsewhere || cx.comes_with(&body.capa) || on_record(cx.state, &body.source) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "`{}` is neither an anomaly nor a complaint nor a change request nor a release",
        body.source
    ))
    .hint(
        "name the record that it answers; one of another system by system and id: `--source audit:2026-03/7`",
    ))
}

fn on_record(state: &State, id: &str) -> bool {
    state.anomalies.contains_key(id)
        || state.complaints.contains_key(id)
        || state.changes.contains_key(id)
        || state.releases.contains_key(id)
}

pub(super) fn capa_step(cx: &Cx<'_>, body: &CapaStep) -> Result<()> {
    said("what was found out, planned or done", &body.text)?;
    if capa(cx.state, &body.capa)?.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.capa)).hint("open another one"));
    }
    match body.links.iter().find(|id| !on_record(cx.state, id)) {
        Some(id) => Err(Error::refused(format!(
            "`{id}` is neither an anomaly nor a complaint nor a change request nor a release"
        ))),
        None => Ok(()),
    }
}

pub(super) fn capa_close(cx: &Cx<'_>, body: &CapaClose) -> Result<()> {
    said("how it was verified, or why it is closed", &body.evidence)?;
    let found = capa(cx.state, &body.capa)?;
    if found.closed.is_some() {
        return Err(Error::refused(format!("`{}` is closed", body.capa)));
    }
    if body.effective && !found.steps.iter().any(|s| s.body.stage == CapaStage::Action) {
        return Err(Error::refused(format!(
            "no action of `{}` is on record, so none was effective",
            body.capa
        ))
        .hint(format!("record it: dossier capa step {} --stage action --text …", body.capa)));
    }
    Ok(())
}

pub(super) fn source(_: &Cx<'_>, body: &FeedbackSource) -> Result<()> {
    identifier("the name of a source", &body.source)?;
    said("what comes through it", &body.description)?;
    said("the role that evaluates it", &body.owner)?;
    if body.every_days == 0 {
        return Err(Error::refused("an interval is at least a day").hint("`--every 30`"));
    }
    Ok(())
}

pub(super) fn feedback(cx: &Cx<'_>, body: &FeedbackEvaluate) -> Result<()> {
    said("a conclusion", &body.conclusion)?;
    if !cx.state.sources.contains_key(&body.source) {
        return Err(Error::refused(format!("no source `{}` is registered", body.source))
            .hint(format!("register it: dossier feedback source {} …", body.source)));
    }
    if body.from > body.to {
        return Err(Error::refused(format!(
            "the days end on {} before they begin on {}",
            body.to, body.from
        )));
    }
    if body.to > cx.today()? {
        return Err(Error::refused(format!("{} has not come yet", body.to)));
    }
    for id in &body.anomalies {
        crate::anomalies::existing(cx.state, id)?;
    }
    for id in &body.complaints {
        complaint(cx.state, id)?;
    }
    Ok(())
}

pub(super) fn notice(cx: &Cx<'_>, body: &NoticeIssue) -> Result<()> {
    identifier("the id of a notice", &body.notice)?;
    said("what they were told", &body.message)?;
    said("how and when it was sent", &body.sent)?;
    if !matches!(body.audience.as_str(), "users" | "regulators") {
        return Err(
            Error::refused(format!("`{}` is no audience", body.audience)).hint("`users` or `regulators`")
        );
    }
    let known = |id: &String| cx.state.anomalies.contains_key(id) || cx.state.changes.contains_key(id);
    if body.about.is_empty() || !body.about.iter().all(known) {
        return Err(Error::refused("a notice is about anomalies or changes that are on record")
            .hint("`--about A-7,CR-7`"));
    }
    match body.versions.iter().find(|v| !cx.state.releases.contains_key(*v)) {
        Some(v) => Err(Error::refused(format!("there is no release `{v}`"))),
        None => Ok(()),
    }
}

pub(super) fn trend(cx: &Cx<'_>, body: &TrendReview) -> Result<()> {
    said("a conclusion", &body.conclusion)?;
    // An adverse trend has its corrective action, on record or opened with it.
    match &body.capa {
        Some(id) => capa(cx.state, id).map(|_| ()),
        None if body.adverse.is_empty() => Ok(()),
        None => Err(Error::refused("an adverse trend is answered by a corrective action")
            .hint("name one that is open, or let one be opened")),
    }
}

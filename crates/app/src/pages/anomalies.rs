//! Anomalies: the list, one anomaly, and what a release carries.

use super::reading::{Reading, word};
use super::registers::{History, decisions, named, text, told, words};
use super::signatures;
use crate::anomalies::tied;
use records::state::Anomaly;
use records::{Affected, AnomalyAdvise, AnomalyEvaluate, AnomalyField, EvaluationOutcome, Recorded};
use views::{
    AnomalyEvaluation, AnomalyPage, AnomalyRow, AnomalySnapshot, Cell, ItemHistoryRow, LinkCell, LinkState,
    Ref, RefKind, RegisterTable, ResidualAnomaly, Verdict,
};
use vocabulary::ItemId;

/// All anomalies, the newest first.
pub(super) fn list(r: &Reading<'_>) -> AnomalySnapshot {
    let mut all: Vec<(&String, &Anomaly)> = r.state().anomalies.iter().collect();
    all.sort_by_key(|(_, a)| std::cmp::Reverse(a.report.meta.seq));
    AnomalySnapshot {
        rows: all.into_iter().map(|(id, a)| row(r, id, a)).collect(),
        query: format!("all anomalies in the first {} entries of the ledger", r.state().position),
    }
}

/// What a release carries, and the question that was asked for it.
pub(super) fn residual(r: &Reading<'_>, version: &str) -> (String, Vec<ResidualAnomaly>) {
    let state = r.state();
    let when = state.last_at.map(|at| format!(", last entry of {at}")).unwrap_or_default();
    let query = format!(
        "Known and not corrected in {version}, in the first {} entries of the ledger{when}: {} of {} anomalies.",
        state.position,
        state.residual_anomalies(version).count(),
        state.anomalies.len()
    );
    let one = |(id, a): (&str, &Anomaly)| of_release(r, id, a, Some(version));
    (query, state.residual_anomalies(version).map(one).collect())
}

/// One anomaly with everything recorded about it.
pub(super) fn page(r: &Reading<'_>, id: &str) -> Option<AnomalyPage> {
    let anomaly = r.state().anomalies.get(id)?;
    let newest = anomaly.evaluations.last().map(|e| e.body.release.as_str());
    let report = &anomaly.report.body;
    let mut fields: Vec<(String, Cell)> = vec![
        ("function".into(), text(report.function.as_str())),
        ("criticality".into(), text(report.criticality.as_str())),
        ("performance".into(), text(report.performance.as_str())),
        ("safety".into(), text(report.safety.as_str())),
        ("security".into(), text(report.security.as_str())),
        ("reported by".into(), text(anomaly.report.meta.actor.as_str())),
        ("came from".into(), named(r, report.sources.iter().map(String::as_str))),
    ];
    if let Some(i) = anomaly.investigation().map(|i| &i.body) {
        let yes = |is: bool| text(if is { "yes" } else { "no" });
        fields.push(("cause".into(), text(i.cause.as_str())));
        fields.push(("sort of cause".into(), text(i.category.as_str())));
        fields.push(("introduced in".into(), text(i.introduced_in.clone().unwrap_or_default())));
        fields.push(("a problem".into(), yes(i.problem)));
        fields.push(("relevant to safety".into(), yes(i.safety_relevant)));
        fields.push(("relevant to security".into(), yes(i.security_relevant)));
        fields.push(("hazards".into(), named(r, i.hazards.iter().map(ItemId::as_str))));
        fields.push(("no change, because".into(), text(i.no_change.as_str())));
    }
    if let Some(resolution) = anomaly.resolution().map(|x| &x.body) {
        fields.push(("disposition".into(), text(word(&resolution.disposition))));
        fields.push(("corrected in".into(), named(r, resolution.fixed_in.as_deref())));
        fields.push(("duplicate of".into(), named(r, resolution.duplicate_of.as_deref())));
    }
    let tied = tied(r.state(), id, anomaly);
    fields.push(("change requests".into(), named(r, tied.changes)));
    fields.push(("complaints".into(), named(r, tied.complaints)));
    fields.push(("corrective actions".into(), named(r, tied.capas)));
    if let Some(m) = anomaly.mirror().map(|m| &m.body) {
        fields.push(("tracker".into(), text(format!("{} {}", m.tracker, m.key))));
    }
    fields.retain(|(_, cell)| !cell.is_empty());
    Some(AnomalyPage {
        anomaly: of_release(r, id, anomaly, newest),
        evaluations: anomaly.evaluations.iter().rev().filter_map(|e| evaluation(r, e, None)).collect(),
        fields,
        tables: [fielded(anomaly), advised(anomaly), decisions(r, id)]
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .collect(),
        history: history(anomaly),
    })
}

pub(super) fn row(r: &Reading<'_>, id: &str, anomaly: &Anomaly) -> AnomalyRow {
    let report = &anomaly.report.body;
    let (verdict, gap) = standing(r, id, anomaly);
    AnomalyRow {
        id: Ref::new(RefKind::Anomaly, id),
        title: report.title.clone(),
        state: crate::anomalies::state_word(anomaly).to_owned(),
        severity: report.severity.clone(),
        found_in: report.version.clone(),
        affects: report.affects.iter().map(|i| r.refer(i.as_str())).collect(),
        reported: anomaly.report.meta.at,
        origin: report.found.clone(),
        verdict,
        gap,
    }
}

/// What the rules say; an open anomaly of which they say nothing is still to be done.
fn standing(r: &Reading<'_>, id: &str, anomaly: &Anomaly) -> (Verdict, String) {
    let gap = match (anomaly.is_open(), anomaly.evaluations.last()) {
        (false, _) => String::new(),
        (true, Some(e)) if e.body.outcome == EvaluationOutcome::Acceptable => String::new(),
        (true, _) if anomaly.resolution().is_some() => "its correction is not verified".to_owned(),
        (true, _) if anomaly.investigations.is_empty() => "not investigated yet".to_owned(),
        (true, _) => "not resolved, and evaluated for no release".to_owned(),
    };
    r.standing([id], gap)
}

fn of_release(r: &Reading<'_>, id: &str, anomaly: &Anomaly, version: Option<&str>) -> ResidualAnomaly {
    let mut row = row(r, id, anomaly);
    let newest = version.and_then(|v| anomaly.evaluation_for(v));
    let evaluation = newest.and_then(|e| {
        let by_prrc = |o: &&Recorded<AnomalyEvaluate>| {
            o.body.release == e.body.release && o.meta.signer.as_deref().is_some_and(|s| s.role == "prrc")
        };
        evaluation(r, e, anomaly.evaluations.iter().rev().find(by_prrc))
    });
    if evaluation.as_ref().is_some_and(|e| !e.acceptable) {
        row.verdict = Verdict::Finding;
    }
    let rationale = match anomaly.resolution() {
        Some(resolution) => resolution.body.resolution.clone(),
        None => anomaly.investigations.last().map(|i| i.body.outcome.clone()).unwrap_or_default(),
    };
    ResidualAnomaly {
        anomaly: row,
        description: anomaly.report.body.description.clone(),
        reproduction: anomaly.report.body.reproduction.clone(),
        rationale,
        evaluation,
    }
}

fn evaluation(
    r: &Reading<'_>,
    of: &Recorded<AnomalyEvaluate>,
    prrc: Option<&Recorded<AnomalyEvaluate>>,
) -> Option<AnomalyEvaluation> {
    let judged = |id: &ItemId| judged(r, of, id);
    let mut judgement = of.body.rationale.clone();
    let (told, where_or_why) = match &of.body.disclosure {
        Some(d) if !d.disclosed => ("Users are not told", d.reason.clone()),
        Some(d) if d.section.is_empty() => ("Users are told", d.document.clone()),
        Some(d) => ("Users are told", format!("{}, {}", d.document, d.section)),
        None => ("Users are told", of.body.disclosed.clone()),
    };
    if !where_or_why.is_empty() {
        judgement.push_str(&format!(" {told}: {}.", where_or_why.trim_end_matches('.')));
    }
    Some(AnomalyEvaluation {
        release: Ref::new(RefKind::Release, of.body.release.as_str()),
        judgement,
        acceptable: of.body.outcome == EvaluationOutcome::Acceptable,
        hazards: of.body.hazards.iter().map(judged).collect(),
        controls: of.body.controls.iter().map(judged).collect(),
        signature: signatures::of(r.state(), &of.meta)?,
        prrc: prrc.filter(|p| p.meta.seq != of.meta.seq).and_then(|p| signatures::of(r.state(), &p.meta)),
    })
}

/// An item that was judged: suspect where its text changed since.
fn judged(r: &Reading<'_>, of: &Recorded<AnomalyEvaluate>, id: &ItemId) -> LinkCell {
    let then = of.body.judged.iter().find(|j| j.item == *id).map(|j| j.digest);
    let now = r.analysis.item_digest(id);
    let state = match now {
        None => LinkState::Dangling,
        Some(_) if then == now => LinkState::Current,
        Some(_) => LinkState::Suspect,
    };
    let title = r.model().by_id(id.as_str()).map(|i| i.title().to_owned()).unwrap_or_default();
    LinkCell {
        link: "judged".into(),
        target: r.refer(id.as_str()),
        title,
        state,
        stamp: then.map(|d| d.stamp().to_string()),
    }
}

/// The judgements against releases in the field, the newest first.
fn fielded(anomaly: &Anomaly) -> RegisterTable {
    let row = |j: &Recorded<AnomalyField>| {
        let has = match j.body.affected {
            Affected::Affected => word(&j.body.outcome),
            Affected::NotAffected => "has it not".to_owned(),
        };
        vec![
            vec![Ref::new(RefKind::Release, j.body.release.as_str())],
            text(has),
            text(j.body.rationale.as_str()),
            text(told(&j.body.users)),
            text(told(&j.body.regulators)),
            text(signatures::who(&j.meta)),
        ]
    };
    RegisterTable {
        heading: "Judged against releases in the field".into(),
        empty: String::new(),
        columns: words(&["Release", "Verdict", "Why", "Users are told", "Regulators are told", "Signed by"]),
        rows: anomaly.fielded.iter().rev().map(row).collect(),
    }
}

/// Who was advised of it (62304:9.3).
fn advised(anomaly: &Anomaly) -> RegisterTable {
    let row = |a: &Recorded<AnomalyAdvise>| {
        vec![
            text(a.body.parties.join(", ")),
            text(a.body.means.as_str()),
            text(a.body.message.as_str()),
            vec![signatures::entry(a.meta.seq)],
        ]
    };
    RegisterTable {
        heading: "Parties advised".into(),
        empty: String::new(),
        columns: words(&["Who", "How", "What they were told", "Recorded by"]),
        rows: anomaly.advices.iter().map(row).collect(),
    }
}

fn history(anomaly: &Anomaly) -> Vec<ItemHistoryRow> {
    let mut h = History::default();
    let report = &anomaly.report;
    h.add(&report.meta, format!("reported in {}", report.body.version), &report.body.found);
    for a in &anomaly.amendments {
        h.add(&a.meta, "amended", &a.body.reason);
    }
    for i in &anomaly.investigations {
        h.add(&i.meta, "investigated", &i.body.outcome);
    }
    for e in &anomaly.evaluations {
        let what = format!("evaluated for {}: {}", e.body.release, word(&e.body.outcome));
        h.add(&e.meta, what, &e.body.rationale);
    }
    for x in &anomaly.resolutions {
        h.add(&x.meta, format!("resolved: {}", word(&x.body.disposition)), &x.body.resolution);
    }
    for o in &anomaly.reopenings {
        h.add(&o.meta, "opened again", &o.body.reason);
    }
    for v in &anomaly.verifications {
        h.add(&v.meta, "resolution verified", &v.body.evidence);
    }
    h.newest_first()
}

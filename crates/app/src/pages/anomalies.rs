//! Anomalies: the list, one anomaly, and what a release carries.

use super::reading::{Reading, word};
use super::signatures;
use records::state::Anomaly;
use records::{AnomalyEvaluate, EvaluationOutcome, Meta, Recorded};
use views::{
    AnomalyEvaluation, AnomalyPage, AnomalyRow, AnomalySnapshot, ItemHistoryRow, LinkCell, LinkState, Ref,
    RefKind, ResidualAnomaly, Verdict,
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
    let mut fields: Vec<(String, String)> = vec![
        ("function".into(), report.function.clone()),
        ("criticality".into(), report.criticality.clone()),
        ("reported by".into(), anomaly.report.meta.actor.to_string()),
    ];
    if let Some(i) = anomaly.investigations.last() {
        fields.push(("cause".into(), i.body.cause.clone()));
        fields.push(("relevant to safety".into(), if i.body.safety_relevant { "yes" } else { "no" }.into()));
        let hazards: Vec<&str> = i.body.hazards.iter().map(ItemId::as_str).collect();
        fields.push(("hazards".into(), hazards.join(", ")));
    }
    if let Some(resolution) = anomaly.resolution() {
        fields.push(("disposition".into(), word(&resolution.body.disposition)));
        fields.push(("corrected in".into(), resolution.body.fixed_in.clone().unwrap_or_default()));
        fields.push(("change request".into(), resolution.body.change.clone().unwrap_or_default()));
        fields.push(("duplicate of".into(), resolution.body.duplicate_of.clone().unwrap_or_default()));
    }
    fields.retain(|(_, value)| !value.is_empty());
    Some(AnomalyPage {
        anomaly: of_release(r, id, anomaly, newest),
        evaluations: anomaly.evaluations.iter().rev().filter_map(|e| evaluation(r, e, None)).collect(),
        fields,
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
    if !of.body.disclosed.is_empty() {
        judgement.push_str(&format!(" Users are told: {}.", of.body.disclosed.trim_end_matches('.')));
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

fn history(anomaly: &Anomaly) -> Vec<ItemHistoryRow> {
    let mut rows: Vec<(u64, ItemHistoryRow)> = Vec::new();
    let mut add = |meta: &Meta, what: String, why: &str| {
        let row = ItemHistoryRow {
            when: meta.at.date_utc().to_string(),
            who: signatures::who(meta),
            what,
            why: why.to_owned(),
            reference: Some(signatures::entry(meta.seq)),
        };
        rows.push((meta.seq, row));
    };
    add(
        &anomaly.report.meta,
        format!("reported in {}", anomaly.report.body.version),
        &anomaly.report.body.found,
    );
    for i in &anomaly.investigations {
        add(&i.meta, "investigated".into(), &i.body.outcome);
    }
    for e in &anomaly.evaluations {
        add(
            &e.meta,
            format!("evaluated for {}: {}", e.body.release, word(&e.body.outcome)),
            &e.body.rationale,
        );
    }
    for x in &anomaly.resolutions {
        add(&x.meta, format!("resolved: {}", word(&x.body.disposition)), &x.body.resolution);
    }
    for v in &anomaly.verifications {
        add(&v.meta, "resolution verified".into(), &v.body.evidence);
    }
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    rows.into_iter().map(|(_, row)| row).collect()
}

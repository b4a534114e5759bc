//! What is due: the part of `status` that looks at dates, and what `remind` tells people.

use crate::analysis::Analysis;
use crate::workspace::Workspace;
use monitoring::due::{Due, Terms, due};
use records::state::DocumentStage;
use vocabulary::Date;

/// Days ahead that `status` looks.
const AHEAD: i64 = 14;
/// Days within which a document that was put up for review is approved or sent back.
const REVIEW_DAYS: i64 = 14;

/// What is overdue or due within two weeks of the as-of date.
pub(crate) fn of(ws: &Workspace, analysis: &Analysis) -> Vec<Due> {
    ahead(ws, analysis, AHEAD)
}

/// What is overdue or due within so many days of the as-of date, the oldest first.
pub(crate) fn ahead(ws: &Workspace, analysis: &Analysis, days: i64) -> Vec<Due> {
    if !analysis.with_ledger {
        return Vec::new();
    }
    let terms = Terms {
        investigate_days: analysis.config.anomalies.investigate_days,
        trend_days: analysis.config.anomalies.trend_days,
    };
    let mut out = due(&analysis.state, terms, analysis.as_of, days);
    let horizon = analysis.as_of.plus_days(days.max(0));
    let mut add = |until: Date, what: String, subject: &str| {
        if until <= horizon {
            out.push(Due { until, what, subject: subject.to_owned(), overdue: until < analysis.as_of });
        }
    };
    approvals(analysis, &mut add);
    evaluations(analysis, &mut add);
    certificates(ws, &mut add);
    out.sort();
    out.dedup();
    out
}

type Add<'a> = &'a mut dyn FnMut(Date, String, &str);

/// Certificates of the authorities of time that the product trusts. What cannot be read is a matter of `ledger anchor`, which says so.
fn certificates(ws: &Workspace, add: Add<'_>) {
    if ws.config.anchors.authorities.is_empty() {
        return;
    }
    for certificate in crate::anchors::authorities(ws).unwrap_or_default() {
        if let Ok((name, end)) = signing::timestamp::certificate_end(&certificate) {
            let until = vocabulary::Instant::from_millis(end).date_utc();
            let name = if name.is_empty() { "an authority of time".to_owned() } else { name };
            add(until, "replace the certificate of".to_owned(), &name);
        }
    }
}

/// Documents that wait for approval: put up for review and not approved.
fn approvals(analysis: &Analysis, add: Add<'_>) {
    for document in &analysis.documents.controlled {
        let id = document.id.as_str();
        let stage = analysis.state.document_stage(id, document.digest, analysis.as_of);
        let life = analysis.state.documents.get(id);
        if stage != DocumentStage::InReview {
            continue;
        }
        if let Some(submitted) = life.and_then(|l| l.submission(document.digest)) {
            let until = submitted.meta.at.date_utc().plus_days(REVIEW_DAYS);
            add(until, "approve or send back the document".to_owned(), id);
        }
    }
}

/// Residual anomalies of releases that are open: not evaluated yet, or evaluated on texts that have changed since.
fn evaluations(analysis: &Analysis, add: Add<'_>) {
    let open = analysis.state.releases.iter().filter(|(_, r)| r.sealed.is_none() && r.withdrawn.is_none());
    for (version, release) in open {
        let Some(opened) = release.candidate() else { continue };
        let until = opened.meta.at.date_utc();
        for (id, anomaly) in analysis.state.residual_anomalies(version) {
            let Some(evaluation) = anomaly.evaluation_for(version) else {
                add(until, format!("evaluate for {version}"), id);
                continue;
            };
            let changed = |j: &&records::JudgedItem| analysis.item_digest(&j.item) != Some(j.digest);
            let stale = evaluation.body.judged.iter().find(changed);
            if let Some(item) = stale {
                add(
                    evaluation.meta.at.date_utc(),
                    format!("evaluate again for {version} ({} changed)", item.item),
                    id,
                );
            } else if anomaly.last_finding() > evaluation.meta.seq {
                add(
                    evaluation.meta.at.date_utc(),
                    format!("evaluate again for {version} (more is known)"),
                    id,
                );
            }
        }
    }
}

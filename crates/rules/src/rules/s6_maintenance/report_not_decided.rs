//! See `report_not_decided.md`.

use crate::prelude::*;
use records::Affected;

rule!(REPORT_NOT_DECIDED, "report_not_decided", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut decided = 0;
    for (id, anomaly) in &state.anomalies {
        let relevant = anomaly.investigation().is_some_and(|i| i.body.safety_relevant);
        let has = state.fielded().find_map(|(version, _)| {
            anomaly.judged_in(version).filter(|j| j.body.affected == Affected::Affected)
        });
        // Cases and old ledgers may judge a release that is no longer in the field: the judgement still counts.
        let has = has.or_else(|| anomaly.fielded.last().filter(|j| j.body.affected == Affected::Affected));
        let Some(judged) = has.filter(|_| relevant) else { continue };
        let complaints = state
            .complaints
            .iter()
            .filter(|(_, c)| c.investigations.iter().any(|i| i.body.anomalies.contains(id)));
        let mut subjects = complaints.map(|(c, _)| c.as_str()).chain([id.as_str()]);
        if subjects.any(|s| !state.reportability_of(s).is_empty()) {
            decided += 1;
        } else {
            out.at_entry(judged.meta.seq, id).arg("what", "anomaly").arg(
                "fault",
                "it is relevant to safety and in the field, and nobody decided whether it is reported",
            );
        }
    }
    for (id, complaint) in &state.complaints {
        if !state.reportability_of(id).is_empty() {
            decided += 1;
        } else if complaint.decision_due() < cx.as_of {
            let aware = complaint.received.body.aware;
            out.at_entry(complaint.received.meta.seq, id).arg("what", "complaint").arg(
                "fault",
                format!("nobody decided whether it is reported, and the firm is aware of it since {aware}"),
            );
        }
    }
    let mut subjects: Vec<&str> = state.reportability.iter().map(|r| r.body.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    for subject in subjects {
        for decision in state.reportability_of(subject) {
            let body = &decision.body;
            let late = body.deadline.filter(|d| body.reportable && body.reported.is_none() && *d < cx.as_of);
            let Some(until) = late else { continue };
            let what = if state.complaints.contains_key(subject) { "complaint" } else { "anomaly" };
            out.at_entry(decision.meta.seq, subject).arg("what", what).arg(
                "fault",
                format!(
                    "it was to be reported under {} until {until}, and no report is on record",
                    body.regulation
                ),
            );
        }
    }
    if decided > 0 {
        out.saw_text(format!(
            "{decided} complaints and safety problems in the field with a decision on reporting"
        ));
    }
}

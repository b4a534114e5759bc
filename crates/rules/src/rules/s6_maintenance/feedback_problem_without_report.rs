//! See `feedback_problem_without_report.md`.

use crate::prelude::*;

rule!(FEEDBACK_PROBLEM_WITHOUT_REPORT, "feedback_problem_without_report", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let feedback = state
        .sources
        .iter()
        .flat_map(|(name, s)| s.evaluations.iter().map(move |e| (name, e.meta.seq, &e.body.anomalies)));
    let complaints = state
        .complaints
        .iter()
        .flat_map(|(id, c)| c.investigations.iter().map(move |i| (id, i.meta.seq, &i.body.anomalies)));
    let mut joined = 0;
    for (name, seq, anomalies) in feedback.chain(complaints) {
        for id in anomalies {
            if state.anomalies.contains_key(id) {
                joined += 1;
            } else {
                out.at_entry(seq, name).arg("report", id.clone());
            }
        }
    }
    if joined > 0 {
        out.saw_text(format!("{joined} problem reports that came from feedback and complaints"));
    }
}

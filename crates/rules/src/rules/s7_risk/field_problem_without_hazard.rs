//! See `field_problem_without_hazard.md`.

use crate::prelude::*;

rule!(FIELD_PROBLEM_WITHOUT_HAZARD, "field_problem_without_hazard", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for (id, anomaly) in &state.anomalies {
        let Some(last) = anomaly.investigations.last().filter(|i| i.body.safety_relevant) else { continue };
        let unknown = last.body.hazards.iter().find(|h| {
            !cx.model
                .by_id(h.as_str())
                .is_some_and(|i| matches!(i.kind, Kind::Hazard | Kind::HazardousSituation))
        });
        let what = match unknown {
            Some(unknown) => format!("`{unknown}`, which is not in the risk file"),
            None if last.body.hazards.is_empty() => "no hazard".to_owned(),
            None => continue,
        };
        out.at_entry(last.meta.seq, id).arg("what", what);
    }
}

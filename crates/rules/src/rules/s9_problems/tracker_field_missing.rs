//! See `tracker_field_missing.md`.

use crate::prelude::*;

rule!(TRACKER_FIELD_MISSING, "tracker_field_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut complete = 0;
    for (id, anomaly) in state.anomalies.iter().filter(|(_, a)| a.is_open()) {
        let Some(mirror) = anomaly.mirror() else { continue };
        let report = &anomaly.report.body;
        let needed = [
            ("a description", &report.description),
            ("how it was found", &report.found),
            ("the version", &report.version),
            ("the severity", &report.severity),
        ];
        let missing: Vec<&str> =
            needed.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(what, _)| what).collect();
        if missing.is_empty() {
            complete += 1;
            continue;
        }
        let m = &mirror.body;
        let place = if m.url.is_empty() { String::new() } else { format!(": {}", m.url) };
        out.at_entry(mirror.meta.seq, id)
            .arg("key", format!("{} of {}", m.key, m.tracker))
            .arg("missing", missing.join(", "))
            .arg("place", place)
            .arg("tracker", m.tracker.clone());
    }
    if complete > 0 {
        out.saw_text(format!("{complete} open problem reports mirrored with all that they need"));
    }
}

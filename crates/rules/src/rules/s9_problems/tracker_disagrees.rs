//! See `tracker_disagrees.md`.

use crate::prelude::*;

rule!(TRACKER_DISAGREES, "tracker_disagrees", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut agree = 0;
    for (id, anomaly) in state.anomalies.iter().filter(|(_, a)| a.resolution().is_none()) {
        let Some(mirror) = anomaly.mirror() else { continue };
        let m = &mirror.body;
        if m.status != "deleted" && !m.status.starts_with("closed") {
            agree += 1;
            continue;
        }
        let place = if m.url.is_empty() { String::new() } else { format!(": {}", m.url) };
        out.at_entry(mirror.meta.seq, id)
            .arg("key", format!("{} of {}", m.key, m.tracker))
            .arg("status", m.status.clone())
            .arg("place", place);
    }
    if agree > 0 {
        out.saw_text(format!("{agree} anomalies open here and in their trackers"));
    }
}

//! See `fielded_release_not_judged.md`.

use crate::prelude::*;
use records::Disposition;

rule!(FIELDED_RELEASE_NOT_JUDGED, "fielded_release_not_judged", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut judged = 0;
    for (version, release) in state.fielded() {
        let Some(sealed) = &release.sealed else { continue };
        for (id, anomaly) in &state.anomalies {
            let since = anomaly.reopenings.last().map_or(0, |r| r.meta.seq).max(anomaly.report.meta.seq);
            let none = anomaly.resolution().is_some_and(|r| {
                matches!(r.body.disposition, Disposition::NotAnAnomaly | Disposition::Duplicate)
            });
            if since <= sealed.meta.seq || none {
                continue;
            }
            let standing = match anomaly.judged_in(version) {
                None => "is not judged",
                Some(j) if j.body.seen < anomaly.last_finding() => "was judged before its last finding",
                Some(_) => {
                    judged += 1;
                    continue;
                }
            };
            out.at_entry(anomaly.report.meta.seq, id)
                .arg("standing", standing)
                .arg("release", version.to_owned());
        }
    }
    if judged > 0 {
        out.saw_text(format!("{judged} judgements of anomalies against releases in the field"));
    }
}

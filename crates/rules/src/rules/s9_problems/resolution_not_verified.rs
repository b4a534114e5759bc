//! See `resolution_not_verified.md`.

use crate::prelude::*;
use records::Disposition;

rule!(RESOLUTION_NOT_VERIFIED, "resolution_not_verified", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = cx.release.as_ref().zip(cx.state) else { return };
    let mut verified = 0;
    for (id, anomaly) in &state.anomalies {
        let Some(r) = anomaly.resolution().filter(|r| r.body.disposition == Disposition::Corrected) else {
            continue;
        };
        let fixed = r.body.fixed_in.as_deref().unwrap_or_default();
        if records::state::later(fixed, release.version) {
            continue;
        }
        if anomaly.resolution_verified() {
            verified += 1;
        } else {
            out.at_entry(r.meta.seq, id);
        }
    }
    if verified > 0 {
        out.saw_text(format!("{verified} corrections verified"));
    }
}

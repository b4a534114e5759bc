//! See `waiver_too_long.md`.

use crate::prelude::*;

rule!(WAIVER_TOO_LONG, "waiver_too_long", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(most)) = (cx.state, cx.profile.waiver_days) else { return };
    for (id, waiver) in &state.waivers {
        let days = waiver.body.until.days_since(waiver.meta.at.date_utc());
        if days > i64::from(most) {
            out.at_entry(waiver.meta.seq, id).arg("days", days.to_string()).arg("most", most.to_string());
        }
    }
}

//! See `environment_not_observed.md`.

use crate::prelude::*;

rule!(ENVIRONMENT_NOT_OBSERVED, "environment_not_observed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(hours)) = (cx.state, cx.config.drift.every_hours) else { return };
    // A comparison of yesterday may be nearly two days old when it is counted in days.
    let most = i64::from(hours.div_ceil(24)) + 1;
    for name in cx.config.drift.observe.keys() {
        let last = state.security.drifts.iter().rev().find(|d| d.body.environment == *name);
        let days = last.and_then(|d| {
            let day = d.meta.at.date_in(&cx.config.product.timezone)?;
            Some(cx.as_of.days_since(day))
        });
        let when = match days {
            Some(days) if days <= most => {
                out.saw_text(format!("environment {name}, observed {days} days ago"));
                continue;
            }
            Some(days) => format!("observed {days} days ago"),
            None => "never observed".to_owned(),
        };
        let at = cx.config.place(&format!("drift.observe.{name}"));
        out.at(at).about(name.clone()).arg("when", when).arg("hours", hours.to_string());
    }
}

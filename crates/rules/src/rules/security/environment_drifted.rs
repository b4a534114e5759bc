//! See `environment_drifted.md`.

use crate::prelude::*;
use std::collections::BTreeMap;

rule!(ENVIRONMENT_DRIFTED, "environment_drifted", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let last: BTreeMap<&str, _> =
        state.security.drifts.iter().map(|d| (d.body.environment.as_str(), d)).collect();
    for (name, drift) in last {
        let Some(first) = drift.body.differences.first() else {
            out.saw_text(format!("environment {name}, {} things compared", drift.body.compared));
            continue;
        };
        let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
        let more = match drift.body.drifted {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let what = format!(
            "{} is {}, declared is {}{more}",
            first.what,
            said(&first.observed),
            said(&first.declared)
        );
        out.at_entry(drift.meta.seq, name).arg("what", what);
    }
}

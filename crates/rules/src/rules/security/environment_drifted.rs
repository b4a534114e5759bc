//! See `environment_drifted.md`.

use crate::prelude::*;
rule!(ENVIRONMENT_DRIFTED, "environment_drifted", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for ((name, _), drift) in state.security.last_drifts() {
        let Some(first) = drift.body.differences.first() else {
            out.saw_text(format!("environment {name}, {} things compared", drift.body.compared));
            continue;
        };
        let approved = |id: &String| state.changes.get(id).is_some_and(|c| !c.approvals.is_empty());
        if !drift.body.changes.is_empty() && drift.body.changes.iter().all(approved) {
            out.saw_text(format!("environment {name}, changed by {}", drift.body.changes.join(", ")));
            continue;
        }
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

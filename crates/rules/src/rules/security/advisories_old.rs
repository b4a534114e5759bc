//! See `advisories_old.md`.

use crate::prelude::*;

rule!(ADVISORIES_OLD, "advisories_old", check);

/// Days after which a data set says too little.
const AGE_MAX: i64 = 30;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for (name, set) in state.security.datasets_in_force() {
        let days = cx.as_of.days_since(set.body.date);
        if days > AGE_MAX {
            let date = set.body.date.to_string();
            out.at_entry(set.meta.seq, name).arg("date", date).arg("days", days.to_string());
        } else {
            out.saw_text(format!("data set {name} of {}", set.body.date));
        }
    }
}

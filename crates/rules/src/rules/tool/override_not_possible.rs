//! See `override_not_possible.md`.

use crate::overrides::refused;
use crate::prelude::*;

rule!(OVERRIDE_NOT_POSSIBLE, "override_not_possible", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for refused in refused(cx) {
        out.at(cx.config.place(&refused.key()))
            .about(refused.rule)
            .arg("rule", refused.rule.to_owned())
            .arg("why", refused.why);
    }
}

//! See `override_not_possible.md`.

use crate::overrides::refused;
use crate::prelude::*;

rule!(OVERRIDE_NOT_POSSIBLE, "override_not_possible", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (rule, why) in refused(cx) {
        out.at(cx.config.place(&format!("rules.{rule}")))
            .about(rule)
            .arg("rule", rule.to_owned())
            .arg("why", why);
    }
}

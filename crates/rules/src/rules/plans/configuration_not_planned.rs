//! See `configuration_not_planned.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(CONFIGURATION_NOT_PLANNED, "configuration_not_planned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

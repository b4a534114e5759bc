//! See `integration_steps_not_planned.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(INTEGRATION_STEPS_NOT_PLANNED, "integration_steps_not_planned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `integration_not_planned.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(INTEGRATION_NOT_PLANNED, "integration_not_planned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

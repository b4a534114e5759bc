//! See `plan_without_system_inputs.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(PLAN_WITHOUT_SYSTEM_INPUTS, "plan_without_system_inputs", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `maintenance_plan_incomplete.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(MAINTENANCE_PLAN_INCOMPLETE, "maintenance_plan_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

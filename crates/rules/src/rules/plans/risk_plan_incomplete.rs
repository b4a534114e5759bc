//! See `risk_plan_incomplete.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(RISK_PLAN_INCOMPLETE, "risk_plan_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

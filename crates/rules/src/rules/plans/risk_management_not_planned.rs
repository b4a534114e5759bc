//! See `risk_management_not_planned.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(RISK_MANAGEMENT_NOT_PLANNED, "risk_management_not_planned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

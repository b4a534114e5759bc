//! See `unit_criteria_not_set.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(UNIT_CRITERIA_NOT_SET, "unit_criteria_not_set", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `additional_criteria_not_set.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(ADDITIONAL_CRITERIA_NOT_SET, "additional_criteria_not_set", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `plan_incomplete.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(PLAN_INCOMPLETE, "plan_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

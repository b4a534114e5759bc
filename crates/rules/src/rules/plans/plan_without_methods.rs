//! See `plan_without_methods.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(PLAN_WITHOUT_METHODS, "plan_without_methods", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

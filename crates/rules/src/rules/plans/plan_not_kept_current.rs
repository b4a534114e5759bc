//! See `plan_not_kept_current.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(PLAN_NOT_KEPT_CURRENT, "plan_not_kept_current", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

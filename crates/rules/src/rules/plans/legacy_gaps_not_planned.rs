//! See `legacy_gaps_not_planned.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(LEGACY_GAPS_NOT_PLANNED, "legacy_gaps_not_planned", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

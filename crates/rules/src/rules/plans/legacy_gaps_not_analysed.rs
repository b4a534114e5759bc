//! See `legacy_gaps_not_analysed.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(LEGACY_GAPS_NOT_ANALYSED, "legacy_gaps_not_analysed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `legacy_without_rationale.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(LEGACY_WITHOUT_RATIONALE, "legacy_without_rationale", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

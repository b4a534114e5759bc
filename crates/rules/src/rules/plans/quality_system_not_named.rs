//! See `quality_system_not_named.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(QUALITY_SYSTEM_NOT_NAMED, "quality_system_not_named", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

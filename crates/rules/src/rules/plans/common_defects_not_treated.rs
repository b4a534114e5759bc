//! See `common_defects_not_treated.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(COMMON_DEFECTS_NOT_TREATED, "common_defects_not_treated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

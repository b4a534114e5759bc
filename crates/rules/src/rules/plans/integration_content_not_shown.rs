//! See `integration_content_not_shown.md`.

use crate::plan_fields;
use crate::prelude::*;

rule!(INTEGRATION_CONTENT_NOT_SHOWN, "integration_content_not_shown", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    plan_fields::check(cx, out);
}

//! See `uploaded_result.md`.

use super::counting_runs;
use crate::prelude::*;
use model::results::Origin;

rule!(UPLOADED_RESULT, "uploaded_result", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !cx.profile.attested_results {
        return;
    }
    for run in counting_runs(cx).filter(|r| r.origin == Origin::UploadedByHand) {
        out.at_entry(run.position, &run.id);
    }
}

//! See `none_known_without_looking.md`.

use super::judged;
use crate::prelude::*;

rule!(NONE_KNOWN_WITHOUT_LOOKING, "none_known_without_looking", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    let software = release.release.candidate().map(|c| c.body.software);
    let mut runs = state.runs.values().map(records::state::Run::context);
    let looked = runs.any(|r| {
        (r.software.is_some() && r.software == software) || r.version.as_deref() == Some(release.version)
    });
    if !looked && state.anomalies.is_empty() {
        out.at(cx.whole_product()).about(release.version);
    }
}

//! See `threat_model_missing.md`.

use crate::prelude::*;

rule!(THREAT_MODEL_MISSING, "threat_model_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.config.security.cyber_device == Some(true) && cx.items_of(Kind::Threat).next().is_none() {
        out.at(cx.config.place("security.cyber_device"));
    }
}

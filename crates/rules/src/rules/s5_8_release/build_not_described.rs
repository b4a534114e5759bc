//! See `build_not_described.md`.

use super::judged;
use crate::prelude::*;

rule!(BUILD_NOT_DESCRIBED, "build_not_described", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let build = &cx.config.build;
    let environment = &build.environment;
    let has_environment = !environment.directories.is_empty()
        || !environment.packages.is_empty()
        || environment.image.is_some()
        // What an external runner builds in cannot be archived: its attestation names the tools.
        || build.runner.is_some();
    let missing: Vec<&str> = [
        ("commands", !build.commands.is_empty() || build.runner.is_some()),
        ("outputs", !build.outputs.is_empty()),
        ("environment", has_environment),
        ("the digest of the image", environment.image.is_none() || environment.digest.is_some()),
    ]
    .into_iter()
    .filter_map(|(what, is_there)| (!is_there).then_some(what))
    .collect();
    if missing.is_empty() {
        out.saw_text(format!("build recipe of {} commands in dossier.toml", build.commands.len()));
        if let Some(stage) = release.release.stage() {
            out.saw_text(format!("build environment {}", stage.body.environment.short()));
        }
    } else {
        let place = if cx.config.is_set("build") { "build" } else { "product" };
        out.at(cx.config.place(place)).about(release.version).arg("missing", missing.join(", "));
    }
}

//! See `configuration_incomplete.md`.

use super::judged;
use crate::prelude::*;

rule!(CONFIGURATION_INCOMPLETE, "configuration_incomplete", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    // Without a stage the cause is another one: `release-not-staged`.
    let (Some(stage), Some(opened)) = (release.release.stage(), release.release.candidate()) else { return };
    let has = |prefix: &str| stage.body.parts.iter().any(|p| p.part.starts_with(prefix) && p.size > 0);
    let missing: Vec<&str> = [
        ("sources", has("sources")),
        ("SBOM", has("sbom")),
        ("released file", !stage.body.artefacts.is_empty()),
        ("commit", !opened.body.commits.is_empty()),
    ]
    .into_iter()
    .filter_map(|(what, is_there)| (!is_there).then_some(what))
    .collect();
    if missing.is_empty() {
        out.saw_text(format!(
            "{} released files and {} staged parts, each with its digest",
            stage.body.artefacts.len(),
            stage.body.parts.len()
        ));
    } else {
        out.at_entry(stage.meta.seq, release.version)
            .arg("release", release.version.to_owned())
            .arg("missing", missing.join(", "));
    }
}

//! See `installed_version_not_released.md`.

use crate::prelude::*;

rule!(INSTALLED_VERSION_NOT_RELEASED, "installed_version_not_released", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut fine = 0;
    for found in &state.installations {
        let body = &found.body;
        let release = state.releases.get(&body.version);
        let sealed = release.filter(|r| r.sealed.is_some());
        let artefacts: Vec<_> = sealed
            .and_then(|r| r.stages.last())
            .map(|s| s.body.artefacts.iter().map(|a| a.digest).collect())
            .unwrap_or_default();
        let fault = match (release, sealed) {
            (None, _) => "no release of that version was ever opened",
            (Some(_), None) => "that release is not sealed",
            (Some(r), Some(_)) if r.withdrawn.is_some() => "that release is withdrawn",
            _ if body.artefacts.iter().any(|a| !artefacts.contains(a)) => {
                "its files are not those of the sealed release"
            }
            _ => {
                fine += 1;
                continue;
            }
        };
        out.at_entry(found.meta.seq, &body.installation)
            .arg("version", body.version.clone())
            .arg("fault", fault);
    }
    if fine > 0 {
        out.saw_text(format!("{fine} installations of sealed releases"));
    }
}

//! See `installed_version_not_released.md`.

use crate::prelude::*;
use std::collections::BTreeMap;

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
            .arg("fault", fault.to_owned());
    }
    for (version, release) in &state.releases {
        let mut newest = BTreeMap::new();
        for check in &release.delivery_checks {
            newest.insert(check.body.installation.as_str(), check);
        }
        for (installation, check) in newest {
            let Some(first) = check.body.problems.first() else {
                fine += 1;
                continue;
            };
            let more = match check.body.problems.len() {
                1 => String::new(),
                n => format!(", and {} more", n - 1),
            };
            out.at_entry(check.meta.seq, installation).arg("version", version.clone()).arg(
                "fault",
                format!("a delivery check found what the sealed release has not: {first}{more}"),
            );
        }
    }
    if fine > 0 {
        out.saw_text(format!("{fine} installations of sealed releases"));
    }
}

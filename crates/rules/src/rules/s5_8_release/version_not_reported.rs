//! See `version_not_reported.md`.

use super::judged;
use crate::prelude::*;

rule!(VERSION_NOT_REPORTED, "version_not_reported", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    // Without a stage the cause is another one: `release-not-staged`.
    let (Some(stage), Some(opened)) = (release.release.stage(), release.release.candidate()) else { return };
    let (reported, build) = (&stage.body.reported, &opened.body.build);
    if names(reported, release.version) && names(reported, build) {
        out.saw_text(format!("the artefact reports `{reported}`"));
    } else {
        out.at_entry(stage.meta.seq, release.version)
            .arg("reported", reported.clone())
            .arg("release", release.version.to_owned())
            .arg("build", build.clone());
    }
}

/// Whether `text` holds `name` as a whole: `12.4.0` does not name `2.4.0`. A build id goes on after the version
/// (`2.4.0+b.8842`), so a `+` behind it is no other name.
fn names(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|b| b.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|a| a.chars().next());
            // `v2.4.0` is the usual way to write a version.
            before.is_none_or(|c| !part(c) || c == 'v') && after.is_none_or(|c| !part(c))
        })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_version_is_named_as_a_whole() {
        for (text, expect) in [
            ("triage 2.4.0 (2.4.0+b.8842)", true),
            ("v2.4.0", true),
            ("2.4.0+b.1", true),
            ("12.4.0", false),
            ("2.4.01", false),
            ("2.4.0-rc1", false),
            ("2.4.0.1", false),
            ("", false),
        ] {
            assert_eq!(names(text, "2.4.0"), expect, "{text}");
        }
        assert!(!names("anything", ""));
    }
}

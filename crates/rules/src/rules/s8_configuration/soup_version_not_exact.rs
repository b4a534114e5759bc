//! See `soup_version_not_exact.md`.

use crate::prelude::*;

rule!(SOUP_VERSION_NOT_EXACT, "soup_version_not_exact", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        let Some(version) = item.value("version") else { continue };
        if !version.is_empty() && !is_exact(&version) {
            out.at_field(ix, item, "version").arg("version", version.into_owned());
        }
    }
}

/// Names that mean another version tomorrow.
const MOVING: &[&str] =
    &["latest", "current", "stable", "nightly", "main", "master", "head", "any", "newest", "edge", "tip"];

/// Whether a version names one thing: no range, no wildcard, no moving name.
fn is_exact(version: &str) -> bool {
    let lower = version.trim().to_ascii_lowercase();
    let has_range = lower.contains(['<', '>', '^', '~', '*', '|', ','])
        || lower.starts_with('=')
        || lower.contains(" - ");
    let has_wildcard = lower.split('.').any(|part| part == "x");
    let moves = MOVING.contains(&lower.as_str());
    let has_digit = lower.bytes().any(|c| c.is_ascii_digit());
    has_digit && !has_range && !has_wildcard && !moves
}

#[cfg(test)]
mod tests {
    use super::is_exact;

    #[test]
    fn exact_and_not() {
        for exact in
            ["1.0.228", "6.1.0-rc4", "2024-03-01", "1:2.3+dfsg-1", "v3", "r1234", "KB5034441", "1.0.2u"]
        {
            assert!(is_exact(exact), "{exact}");
        }
        for range in [
            ">=1.2",
            "^1",
            "~1.2",
            "1.x",
            "1.*",
            "latest",
            "main",
            "1.0 - 2.0",
            "=1.2",
            "1.2 || 1.3",
            "",
            "see file",
        ] {
            assert!(!is_exact(range), "{range}");
        }
    }
}

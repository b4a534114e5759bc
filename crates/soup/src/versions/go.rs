//! Go: module versions are Semantic Versioning (go.dev/ref/mod#versions), pseudo-versions being pre-releases of it; the
//! toolchain writes `go1.21rc1` for what is `1.21.0-rc.1`.

use super::semver::{Identifier, Version};
use super::{Number, parsed, split_while};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    parsed((a, parse(a)), (b, parse(b)))
}

fn parse(text: &str) -> Option<Version<'_>> {
    Version::parse(text).or_else(|| toolchain(text))
}

fn toolchain(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix("go").unwrap_or(text);
    // A vendor's suffix follows a blank or a hyphen: `go1.21.5 X:boringcrypto`.
    let text = text.split([' ', '-']).next()?;
    let (core, rest) = split_while(text, |b| b.is_ascii_digit() || b == b'.');
    let core = core.split('.').map(Number::of).collect::<Option<Vec<_>>>()?;
    if rest.is_empty() {
        return Some(Version { core, pre: Vec::new() });
    }
    let (word, number) = split_while(rest, |b| b.is_ascii_alphabetic());
    let number = Number::of(number)?;
    matches!(word, "rc" | "beta")
        .then(|| Version { core, pre: vec![Identifier::Word(word), Identifier::Number(number)] })
}

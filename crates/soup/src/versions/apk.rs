//! Alpine: `digits(.digits)*[letter](_suffix[number])*[-rN]` (apk-tools, `version.c`).

use super::{Number, padded, parsed, split_while};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    parsed((a, Version::parse(a)), (b, Version::parse(b)))
}

#[derive(Debug, PartialEq, Eq)]
struct Version<'a> {
    numbers: Vec<Number<'a>>,
    rest: (Option<u8>, Vec<(u8, Number<'a>)>, Number<'a>),
}

/// Suffixes in their order; those below `NONE` come before the release.
const SUFFIXES: [&str; 9] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg"];
const NONE: u8 = 4;

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Version<'a>> {
        let (text, revision) = match text.rsplit_once("-r") {
            Some((text, revision)) => (text, Number::of(revision)?),
            None => (text, Number::ZERO),
        };
        let (version, suffixes) = text.split_once('_').unwrap_or((text, ""));
        let (numbers, letter) = split_while(version, |b| b.is_ascii_digit() || b == b'.');
        let numbers = numbers.split('.').map(Number::of).collect::<Option<Vec<_>>>()?;
        let letter = match letter.as_bytes() {
            [] => None,
            [letter] if letter.is_ascii_lowercase() => Some(*letter),
            _ => return None,
        };
        let parts = suffixes.split('_').filter(|s| !s.is_empty());
        let mut suffixes = parts.map(suffix).collect::<Option<Vec<_>>>()?;
        // What ends here is above a pre-release and below a patch.
        suffixes.push((NONE, Number::ZERO));
        Some(Version { numbers, rest: (letter, suffixes, revision) })
    }
}

fn suffix(text: &str) -> Option<(u8, Number<'_>)> {
    let (word, number) = split_while(text, |b| b.is_ascii_lowercase());
    let rank = match word {
        "p" => SUFFIXES.len(),
        word => SUFFIXES.iter().position(|s| *s == word).filter(|_| !word.is_empty())?,
    };
    let number = if number.is_empty() { Number::ZERO } else { Number::of(number)? };
    Some((u8::try_from(rank).ok()?, number))
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        padded(&self.numbers, &other.numbers).then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

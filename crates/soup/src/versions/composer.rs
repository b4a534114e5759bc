//! Composer: PHP's `version_compare` over the normalised version.

use super::{Number, split_while};
use std::cmp::Ordering;

/// Parts in their order: unknown words, stability words, the end, numbers, patch levels.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Word(&'a str),
    Stability(u8),
    End,
    Number(Number<'a>),
    Patch,
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (la, lb) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    parts(&la).cmp(&parts(&lb))
}

fn parts(text: &str) -> Vec<Part<'_>> {
    // A branch (`dev-main`) is below every version, as Composer has it.
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split('+').next().unwrap_or(text);
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let take = |b: u8| match first {
            f if f.is_ascii_digit() => b.is_ascii_digit(),
            f if f.is_ascii_alphabetic() => b.is_ascii_alphabetic(),
            _ => !b.is_ascii_alphanumeric(),
        };
        let (part, after) = split_while(rest, take);
        rest = after;
        if first.is_ascii_digit() {
            parts.push(Part::Number(Number::of(part).unwrap_or(Number::ZERO)));
        } else if first.is_ascii_alphabetic() {
            parts.push(word(part));
        } else if !part.is_ascii() {
            parts.push(Part::Word(part));
        }
    }
    // `1.0` and `1.0.0.0` are one version.
    let numbers = parts.iter().position(|p| !matches!(p, Part::Number(_))).unwrap_or(parts.len());
    for _ in numbers..4 {
        parts.insert(numbers, Part::Number(Number::ZERO));
    }
    parts.push(Part::End);
    parts
}

fn word(word: &str) -> Part<'_> {
    match word {
        "dev" => Part::Stability(0),
        "alpha" | "a" => Part::Stability(1),
        "beta" | "b" => Part::Stability(2),
        "rc" => Part::Stability(3),
        "pl" | "p" | "patch" => Part::Patch,
        word => Part::Word(word),
    }
}

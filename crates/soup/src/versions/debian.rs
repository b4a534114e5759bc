//! Debian: `[epoch:]upstream[-revision]`, compared as dpkg's `verrevcmp` does (Debian policy 5.6.12).

use super::{Number, split_while};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    a.0.cmp(&b.0).then_with(|| part(a.1, b.1)).then_with(|| part(a.2, b.2))
}

/// Epoch, upstream version, revision.
fn parts(text: &str) -> (Number<'_>, &str, &str) {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if Number::of(epoch).is_some() => (Number::of(epoch), rest),
        _ => (None, text),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.unwrap_or(Number::ZERO), upstream, revision)
}

fn part(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() || !b.is_empty() {
        let (words, numbers) = (split_word(a), split_word(b));
        let order = word(words.0, numbers.0);
        if order.is_ne() {
            return order;
        }
        let (x, y) =
            (split_while(words.1, |c| c.is_ascii_digit()), split_while(numbers.1, |c| c.is_ascii_digit()));
        let order = Number::of(x.0).unwrap_or(Number::ZERO).cmp(&Number::of(y.0).unwrap_or(Number::ZERO));
        if order.is_ne() {
            return order;
        }
        (a, b) = (x.1, y.1);
    }
    Ordering::Equal
}

fn split_word(text: &str) -> (&str, &str) {
    split_while(text, |c| !c.is_ascii_digit())
}

/// Letters before other signs, a tilde before everything, even the end.
fn word(a: &str, b: &str) -> Ordering {
    let rank = |c: Option<u8>| match c {
        None => 0,
        Some(b'~') => -1,
        Some(c) if c.is_ascii_alphabetic() => i32::from(c),
        Some(c) => i32::from(c) + 256,
    };
    let length = a.len().max(b.len());
    let mut pairs =
        (0..length).map(|i| rank(a.as_bytes().get(i).copied()).cmp(&rank(b.as_bytes().get(i).copied())));
    pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

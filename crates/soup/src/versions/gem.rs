//! RubyGems: `Gem::Version`. Segments of digits and of letters; letters make a pre-release.

use super::{Number, split_while};
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    /// Letters stand below numbers.
    Word(&'a str),
    Number(Number<'a>),
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let well_formed = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    // The leading pair keeps what is no version below what is one.
    match (well_formed(a), well_formed(b)) {
        (true, true) => {}
        (false, false) => return a.cmp(b),
        (x, y) => return x.cmp(&y),
    }
    let (x, y) = (segments(a), segments(b));
    let zero = Segment::Number(Number::ZERO);
    (0..x.len().max(y.len()))
        .map(|i| x.get(i).unwrap_or(&zero).cmp(y.get(i).unwrap_or(&zero)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The canonical segments: without the zeros at the end of the release and of the pre-release.
fn segments(text: &str) -> Vec<Segment<'_>> {
    let (mut release, mut pre): (Vec<Segment<'_>>, Vec<Segment<'_>>) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let (segment, after) = match first {
            b if b.is_ascii_digit() => {
                let (digits, after) = split_while(rest, |b| b.is_ascii_digit());
                (Some(Segment::Number(Number::of(digits).unwrap_or(Number::ZERO))), after)
            }
            b if b.is_ascii_alphabetic() => {
                let (letters, after) = split_while(rest, |b| b.is_ascii_alphabetic());
                (Some(Segment::Word(letters)), after)
            }
            // `1.0-x` is `1.0.pre.x`.
            b'-' => (Some(Segment::Word("pre")), split_while(rest, |b| b == b'-').1),
            _ => (None, split_while(rest, |b| b == b'.').1),
        };
        rest = after;
        match segment {
            Some(number @ Segment::Number(_)) if pre.is_empty() => release.push(number),
            Some(segment) => pre.push(segment),
            None => {}
        }
    }
    let is_zero = |s: &Segment<'_>| matches!(s, Segment::Number(n) if n.is_zero());
    for part in [&mut release, &mut pre] {
        while part.last().is_some_and(is_zero) {
            part.pop();
        }
    }
    release.append(&mut pre);
    release
}

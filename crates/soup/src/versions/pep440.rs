//! Python: PEP 440, "Summary of permitted suffixes and relative ordering", with its normalisations.

use super::{Number, padded, parsed, split_while};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (la, lb) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    parsed((&la, Version::parse(&la)), (&lb, Version::parse(&lb)))
}

#[derive(Debug, PartialEq, Eq)]
struct Version<'a> {
    epoch: Number<'a>,
    release: Vec<Number<'a>>,
    rest: Rest<'a>,
}

/// What follows the release, in the order in which it decides; the order of the variants is that of the PEP.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rest<'a> {
    pre: Pre<'a>,
    post: Option<Number<'a>>,
    dev: Dev<'a>,
    local: Option<Vec<Local<'a>>>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre<'a> {
    /// `1.0.dev1` stands before `1.0a1`.
    OnlyDev,
    Some(u8, Number<'a>),
    None,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev<'a> {
    Some(Number<'a>),
    None,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Local<'a> {
    Word(&'a str),
    Number(Number<'a>),
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| padded(&self.release, &other.release))
            .then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

const PRE: [(&str, u8); 8] =
    [("alpha", 0), ("a", 0), ("beta", 1), ("b", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("c", 2)];
const POST: [(&str, u8); 3] = [("post", 0), ("rev", 0), ("r", 0)];
const DEV: [(&str, u8); 1] = [("dev", 0)];

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Version<'a>> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (public, local) = match text.split_once('+') {
            Some((public, local)) => (public, Some(local)),
            None => (text, None),
        };
        let (epoch, rest) = match public.split_once('!') {
            Some((epoch, rest)) => (Number::of(epoch)?, rest),
            None => (Number::ZERO, public),
        };
        let (release, mut rest) = release(rest)?;
        let pre = suffix(&mut rest, &PRE);
        let post = suffix(&mut rest, &POST).or_else(|| implicit_post(&mut rest)).map(|(_, n)| n);
        let dev = suffix(&mut rest, &DEV).map(|(_, n)| n);
        if !rest.is_empty() {
            return None;
        }
        let local = match local {
            None => None,
            Some(local) => Some(local.split(['.', '-', '_']).map(part).collect::<Option<Vec<_>>>()?),
        };
        let pre = match (pre, post.is_some(), dev.is_some()) {
            (Some((rank, n)), ..) => Pre::Some(rank, n),
            (None, false, true) => Pre::OnlyDev,
            (None, ..) => Pre::None,
        };
        Some(Version {
            epoch,
            release,
            rest: Rest { pre, post, dev: dev.map_or(Dev::None, Dev::Some), local },
        })
    }
}

/// The numbers at the beginning: a dot that no digit follows belongs to a suffix.
fn release(text: &str) -> Option<(Vec<Number<'_>>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let (digits, after) = split_while(rest, |b| b.is_ascii_digit());
        numbers.push(Number::of(digits)?);
        match after.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => return Some((numbers, after)),
        }
    }
}

/// Takes `[sep]word[sep]digits` off the beginning; no digits are zero.
fn suffix<'a>(rest: &mut &'a str, words: &[(&str, u8)]) -> Option<(u8, Number<'a>)> {
    let separators = ['.', '-', '_'];
    let bare = rest.strip_prefix(separators).unwrap_or(rest);
    let (after, rank) = words.iter().find_map(|(word, rank)| Some((bare.strip_prefix(word)?, *rank)))?;
    let inner = after.strip_prefix(separators).unwrap_or(after);
    let (digits, next) = split_while(inner, |b| b.is_ascii_digit());
    match Number::of(digits) {
        Some(number) => {
            *rest = next;
            Some((rank, number))
        }
        None => {
            *rest = after;
            Some((rank, Number::ZERO))
        }
    }
}

/// `1.0-1` is `1.0.post1`.
fn implicit_post<'a>(rest: &mut &'a str) -> Option<(u8, Number<'a>)> {
    let (digits, next) = split_while(rest.strip_prefix('-')?, |b| b.is_ascii_digit());
    let number = Number::of(digits)?;
    *rest = next;
    Some((0, number))
}

fn part(part: &str) -> Option<Local<'_>> {
    match Number::of(part) {
        Some(number) => Some(Local::Number(number)),
        None => {
            (!part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(Local::Word(part))
        }
    }
}

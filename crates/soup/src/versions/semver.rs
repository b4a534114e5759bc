//! Semantic Versioning 2.0.0, section 11; lenient about what is found in the wild: a leading `v` or `=`, fewer or more
//! than three numbers. Build metadata has no order.

use super::{Number, parsed};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    parsed((a, Version::parse(a)), (b, Version::parse(b)))
}

/// A version taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Version<'a> {
    pub(super) core: Vec<Number<'a>>,
    pub(super) pre: Vec<Identifier<'a>>,
}

/// A part of a pre-release: numbers stand below words.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier<'a> {
    Number(Number<'a>),
    Word(&'a str),
}

impl<'a> Version<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Version<'a>> {
        let text = text.trim_start_matches('=').trim_start();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.split('+').next()?;
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let core = core.split('.').map(Number::of).collect::<Option<Vec<_>>>()?;
        let pre = match pre {
            None => Vec::new(),
            Some(pre) => pre.split('.').map(identifier).collect::<Option<Vec<_>>>()?,
        };
        Some(Version { core, pre })
    }
}

fn identifier(part: &str) -> Option<Identifier<'_>> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    match Number::of(part) {
        Some(number) => Some(Identifier::Number(number)),
        None => (!part.is_empty() && part.bytes().all(fits)).then_some(Identifier::Word(part)),
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = super::padded(&self.core, &other.core);
        if order.is_ne() {
            return order;
        }
        match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            // A pre-release stands below its release.
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => self.pre.cmp(&other.pre),
        }
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

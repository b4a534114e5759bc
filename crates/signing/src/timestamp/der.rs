//! A reader of DER, as far as time stamp tokens and certificates need it: definite lengths, one-byte tags.

/// Why bytes are not the DER that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DerError {
    /// The bytes end too early.
    #[error("the bytes end inside of {0}")]
    Short(&'static str),
    /// Another element stands where one was expected.
    #[error("{what}: expected tag {expected:#04x}, found {found:#04x}")]
    Tag {
        /// What was to be read.
        what: &'static str,
        /// The expected tag.
        expected: u8,
        /// The tag that is there.
        found: u8,
    },
    /// Bytes follow that do not belong there.
    #[error("bytes follow after {0}")]
    More(&'static str),
    /// A value that is not of the form that its type has.
    #[error("{0}")]
    Value(&'static str),
}

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The context-specific constructed tag `[n]`.
pub(crate) const fn context(n: u8) -> u8 {
    0xa0 | n
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// The content.
    pub(crate) value: &'a [u8],
    /// Tag, length and content.
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// A reader of the content.
    pub(crate) fn inside(self) -> Reader<'a> {
        Reader { rest: self.value }
    }
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self, what: &'static str) -> Result<Element<'a>, DerError> {
        let short = || DerError::Short(what);
        let (tag, rest) = self.rest.split_first().ok_or_else(short)?;
        if tag & 0x1f == 0x1f {
            return Err(DerError::Value("a tag of more than one byte"));
        }
        let (first, rest) = rest.split_first().ok_or_else(short)?;
        let (length, rest) = if *first < 0x80 {
            (usize::from(*first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return Err(DerError::Value("a length that is not definite, or too large"));
            }
            let (bytes, rest) = rest.split_at_checked(count).ok_or_else(short)?;
            (bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), rest)
        };
        let (value, after) = rest.split_at_checked(length).ok_or_else(short)?;
        let whole = self.rest.get(..self.rest.len() - after.len()).ok_or_else(short)?;
        self.rest = after;
        Ok(Element { tag: *tag, value, whole })
    }

    /// The next element, which has to have this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, DerError> {
        let element = self.next(what)?;
        if element.tag == tag {
            return Ok(element);
        }
        Err(DerError::Tag { what, expected: tag, found: element.tag })
    }

    /// The next element where it has this tag; nothing is read where it has another.
    pub(crate) fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Element<'a>>, DerError> {
        if self.rest.first() == Some(&tag) { self.expect(tag, what).map(Some) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn end(&self, what: &'static str) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::More(what)) }
    }
}

/// One element with its tag and length.
pub(crate) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap_or(0x7f));
    } else {
        let bytes = (length as u64).to_be_bytes();
        let bytes: Vec<u8> = bytes.into_iter().skip_while(|b| *b == 0).collect();
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
        out.extend(bytes);
    }
    out.extend_from_slice(content);
    out
}

/// Milliseconds since 1970 of a GeneralizedTime in UTC: `20260301120000Z`, `20260301120000.25Z`.
pub(crate) fn generalized_time(value: &[u8]) -> Result<i64, DerError> {
    let wrong = || DerError::Value("a time that is not of the form YYYYMMDDhhmmss[.f]Z");
    let text = std::str::from_utf8(value).map_err(|_| wrong())?;
    let text = text.strip_suffix('Z').ok_or_else(wrong)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() != 14 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let part = |range: std::ops::Range<usize>| {
        whole.get(range).and_then(|t| t.parse::<i64>().ok()).ok_or_else(wrong)
    };
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return Err(wrong());
    }
    let millis: i64 = format!("{fraction:0<3}").get(..3).and_then(|t| t.parse().ok()).ok_or_else(wrong)?;
    Ok(((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millis)
}

/// A time with two digits for its year: from 1950 to 2049 (RFC 5280, 4.1.2.5.1).
pub(crate) fn utc_time(value: &[u8]) -> Result<i64, DerError> {
    let century: &[u8] = if value.first().is_some_and(|d| *d >= b'5') { b"19" } else { b"20" };
    generalized_time(&[century, value].concat())
}

/// Days since 1970-01-01 of a civil date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_two_digits_lies_between_1950_and_2049() {
        assert_eq!(utc_time(b"991231235959Z"), Ok(946_684_799_000));
        assert_eq!(utc_time(b"000101000000Z"), Ok(946_684_800_000));
        assert_eq!(utc_time(b"491231000000Z"), generalized_time(b"20491231000000Z"));
        assert!(utc_time(b"").is_err() && utc_time(b"9912312359Z").is_err());
    }

    #[test]
    fn times_are_read() {
        assert_eq!(generalized_time(b"19700101000000Z"), Ok(0));
        assert_eq!(generalized_time(b"20260301120000.25Z"), Ok(1_772_366_400_250));
        for wrong in [&b"20260301120000"[..], b"2026Z", b"20261301120000Z", b"\xff", b"2026030112000+Z"] {
            assert!(generalized_time(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_was_written_is_read() {
        for length in [0usize, 1, 127, 128, 300, 70_000] {
            let bytes = write(OCTETS, &vec![7; length]);
            let mut r = Reader::new(&bytes);
            assert_eq!(r.expect(OCTETS, "test").unwrap().value.len(), length);
            r.end("test").unwrap();
        }
    }
}

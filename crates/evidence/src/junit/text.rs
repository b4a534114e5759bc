//! From bytes to text: encodings, and places in the text.

use super::Limits;
use crate::{Cause, Problem};
use std::borrow::Cow;

/// The text of a report: UTF-8, or ISO-8859-1 where it says so.
pub(super) fn decode(bytes: &[u8], limits: Limits) -> Result<Cow<'_, str>, Problem> {
    let whole = |cause| Err(Problem { cause, line: 0, column: 0 });
    if bytes.len() > limits.bytes_max {
        return whole(Cause::TooLarge { bytes: bytes.len(), limit: limits.bytes_max });
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return whole(Cause::Encoding { declared: "UTF-8; it begins like UTF-16".to_owned() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return whole(Cause::Empty);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if declares_latin1(bytes) => Ok(Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect())),
        Err(e) => {
            let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let cause = Cause::Encoding { declared: "UTF-8".to_owned() };
            Err(Problem { cause, line: u32::try_from(line).unwrap_or(u32::MAX), column: 0 })
        }
    }
}

/// Whether the XML declaration names ISO-8859-1, in which every byte is its own character.
fn declares_latin1(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default().to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    head.split_once("?>").is_some_and(|(declaration, _)| {
        declaration.starts_with("<?xml")
            && ["iso-8859-1", "iso8859-1", "latin1", "latin-1"].iter().any(|n| declaration.contains(n))
    })
}

/// Problems found so far, by byte offset, until their lines are looked up in one pass.
#[derive(Default)]
pub(super) struct Found {
    list: Vec<(usize, Cause)>,
    further: usize,
}

/// More are not listed: a broken report of a million cases has one cause, not a million.
const LISTED_MAX: usize = 100;

impl Found {
    pub(super) fn add(&mut self, offset: usize, cause: Cause) {
        if self.list.len() < LISTED_MAX {
            self.list.push((offset, cause));
        } else {
            self.further += 1;
        }
    }

    /// The problems with their lines and columns in `text`, in order of place.
    pub(super) fn locate(mut self, text: &str) -> Vec<Problem> {
        self.list.sort_by_key(|(offset, _)| *offset);
        let mut problems = Vec::with_capacity(self.list.len() + 1);
        let (mut line, mut line_start, mut seen) = (1_u32, 0, 0);
        for (offset, cause) in self.list {
            let offset = offset.min(text.len());
            let between = text.as_bytes().get(seen..offset).unwrap_or_default();
            for (i, _) in between.iter().enumerate().filter(|(_, b)| **b == b'\n') {
                line = line.saturating_add(1);
                line_start = seen + i + 1;
            }
            seen = offset;
            let in_line = text.get(line_start..offset).map_or(0, |s| s.chars().count());
            problems.push(Problem { cause, line, column: u32::try_from(in_line + 1).unwrap_or(u32::MAX) });
        }
        if self.further > 0 {
            problems.push(Problem { cause: Cause::Further(self.further), line: 0, column: 0 });
        }
        problems
    }
}

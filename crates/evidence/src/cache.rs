//! Parsed results as bytes, so that a report of a million cases is parsed once.
//!
//! A cache file is named by [`key`]: digest of the report and version of the readers. It holds a SHA-256 of itself, so
//! that no flipped byte turns a failed test into a passed one; whatever does not decode is thrown away and the report
//! parsed again. Only sound reports are cached. Deleting the cache changes nothing.
//!
//! Layout, little-endian: `DSRTEST1`, SHA-256 of the rest, number of rows `u64`, length of the text `u64`, the rows (25
//! bytes each: lengths of class, full name, message and verified ids `u32`, microseconds `u64`, outcome and flaky flag
//! `u8`), the text.

use model::results::{Outcome, Results, Row};
use sha2::{Digest as _, Sha256};
use vocabulary::Digest;

/// Raised whenever a reader makes anything else of the same report.
pub const READER_VERSION: u32 = 2;

const MAGIC: &[u8; 8] = b"DSRTEST1";
const HEADER: usize = 8 + 32 + 8 + 8;
const ROW: usize = 4 * 4 + 8 + 1;
const FLAKY: u8 = 0x80;

/// The bytes are no cache file of this version, or not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Too short, or of another kind or version.
    #[error("no cached test results of this version")]
    Foreign,
    /// The digest inside does not fit.
    #[error("cached test results are damaged")]
    Damaged,
    /// The digest fits, but the content makes no table: written by something else.
    #[error("cached test results are inconsistent")]
    Inconsistent,
}

/// The name under which the results of a report are cached.
pub fn key(report: &Digest) -> String {
    format!("{report}-{READER_VERSION}")
}

/// The bytes of `results`.
pub fn encode(results: &Results) -> Vec<u8> {
    let (text, rows) = results.parts();
    let mut out = Vec::with_capacity(HEADER + rows.len() * ROW + text.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&[0; 32]);
    out.extend_from_slice(&(rows.len() as u64).to_le_bytes());
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    for r in rows {
        for n in [r.class_len, r.name_len, r.message_len, r.verifies_len] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        out.extend_from_slice(&r.micros.to_le_bytes());
        out.push(r.outcome as u8 | if r.flaky { FLAKY } else { 0 });
    }
    out.extend_from_slice(text.as_bytes());
    let digest: [u8; 32] = Sha256::digest(out.get(40..).unwrap_or_default()).into();
    if let Some(place) = out.get_mut(8..40) {
        place.copy_from_slice(&digest);
    }
    out
}

/// The results in `bytes`, checked whole.
pub fn decode(bytes: &[u8]) -> Result<Results, DecodeError> {
    let (header, body) = bytes.split_at_checked(HEADER).ok_or(DecodeError::Foreign)?;
    let (magic, rest) = header.split_at(8);
    let (digest, counts) = rest.split_at(32);
    if magic != MAGIC {
        return Err(DecodeError::Foreign);
    }
    let actual: [u8; 32] = Sha256::digest(bytes.get(40..).unwrap_or_default()).into();
    if digest != actual {
        return Err(DecodeError::Damaged);
    }
    let mut counts = Fields(counts);
    let (row_count, text_len) = (counts.u64(), counts.u64());
    let rows_len = usize::try_from(row_count).ok().and_then(|n| n.checked_mul(ROW));
    let (rows, text) = rows_len.and_then(|n| body.split_at_checked(n)).ok_or(DecodeError::Inconsistent)?;
    if text.len() as u64 != text_len {
        return Err(DecodeError::Inconsistent);
    }
    let text = std::str::from_utf8(text).map_err(|_| DecodeError::Inconsistent)?;
    let rows = decode_rows(rows).ok_or(DecodeError::Inconsistent)?;
    Results::from_parts(text.to_owned(), rows).map_err(|_| DecodeError::Inconsistent)
}

fn decode_rows(bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows = Vec::with_capacity(bytes.len() / ROW);
    let mut start = 0_u32;
    for row in bytes.chunks_exact(ROW) {
        let mut fields = Fields(row);
        let (class_len, name_len) = (fields.u32(), fields.u32());
        let (message_len, verifies_len) = (fields.u32(), fields.u32());
        let micros = fields.u64();
        let flags = fields.u8();
        let outcome = *Outcome::ALL.get(usize::from(flags & !FLAKY))?;
        let flaky = flags & FLAKY != 0;
        rows.push(Row { start, class_len, name_len, message_len, verifies_len, micros, outcome, flaky });
        start = start.checked_add(name_len)?.checked_add(message_len)?.checked_add(verifies_len)?;
    }
    Some(rows)
}

/// Reads little-endian numbers off the front; zeros beyond the end, which the length checks before make impossible.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((n, rest)) => {
                self.0 = rest;
                *n
            }
            None => [0; N],
        }
    }

    fn u8(&mut self) -> u8 {
        let [n] = self.take();
        n
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::results::TestResult;
    use proptest::prelude::*;
    use std::time::Duration;

    type Parts = (String, String, usize, Option<u32>, String, bool, String);

    fn table(cases: &[Parts]) -> Results {
        let mut results = Results::default();
        for (class, name, outcome, micros, message, flaky, verifies) in cases {
            let outcome = Outcome::ALL[outcome % 5];
            let duration = micros.map(|m| Duration::from_micros(m.into()));
            results
                .push(TestResult { class, name, outcome, duration, message, flaky: *flaky, verifies })
                .unwrap();
        }
        results
    }

    proptest! {
        #[test]
        fn every_table_reads_back(cases in proptest::collection::vec(any::<Parts>(), 0..20)) {
            let results = table(&cases);
            prop_assert_eq!(decode(&encode(&results)), Ok(results));
        }

        #[test]
        fn a_changed_byte_is_found(at in 0_usize..200, bit in 0_u32..8) {
            let case = ("a".to_owned(), "b".to_owned(), 3, None, "c".to_owned(), false, String::new());
            let mut bytes = encode(&table(&[case]));
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn any_bytes_are_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn any_content_under_a_right_digest_is_checked(
            rows in 0_u64..4, text in 0_u64..9, body in proptest::collection::vec(0_u8..4, 0..120)
        ) {
            let mut bytes = MAGIC.to_vec();
            let mut rest = rows.to_le_bytes().to_vec();
            rest.extend(text.to_le_bytes());
            rest.extend(body);
            bytes.extend(Sha256::digest(&rest));
            bytes.extend(rest);
            if let Ok(results) = decode(&bytes) {
                prop_assert_eq!(encode(&results), bytes);
            }
        }
    }
}

//! The data types of the SSH protocol (RFC 4251 section 5) that keys, signatures and the agent use: `uint32` and
//! `string`, big-endian and length-prefixed.

/// Why bytes are not the SSH structure that was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A field runs past the end of the data.
    #[error("{field} runs past the end: {wanted} bytes wanted at offset {offset}, {left} left")]
    Truncated {
        /// The field that was being read.
        field: &'static str,
        /// Where it starts.
        offset: usize,
        /// How many bytes it claims.
        wanted: usize,
        /// How many bytes there are.
        left: usize,
    },
    /// Bytes follow after the last field.
    #[error("{0} bytes follow after the last field")]
    Trailing(usize),
    /// A field that must be text is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
}

/// Reads fields from the front of a byte slice.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// The next `n` bytes as they are.
    pub(crate) fn raw(&mut self, n: usize, field: &'static str) -> Result<&'a [u8], WireError> {
        let left = self.bytes.len() - self.at;
        let end = self.at.checked_add(n);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(WireError::Truncated { field, offset: self.at, wanted: n, left })?;
        self.at += n;
        Ok(taken)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, WireError> {
        let raw = self.raw(4, field)?;
        Ok(raw.iter().fold(0, |n, b| (n << 8) | u32::from(*b)))
    }

    /// A `string`: a length and that many bytes.
    pub(crate) fn string(&mut self, field: &'static str) -> Result<&'a [u8], WireError> {
        let n = self.u32(field)?;
        self.raw(usize::try_from(n).unwrap_or(usize::MAX), field)
    }

    /// A `string` that must be UTF-8.
    pub(crate) fn text(&mut self, field: &'static str) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.string(field)?).map_err(|_| WireError::NotText(field))
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Fails where anything is left.
    pub(crate) fn end(&self) -> Result<(), WireError> {
        match self.rest().len() {
            0 => Ok(()),
            n => Err(WireError::Trailing(n)),
        }
    }
}

pub(crate) fn put_u32(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&n.to_be_bytes());
}

/// Appends a `string`. What is written here is at most a message of a few kilobytes; a longer one than the format's
/// 2^32 - 1 bytes cannot arise, and would be cut, never mislabelled.
pub(crate) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    let n = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    put_u32(out, n);
    out.extend_from_slice(bytes.get(..n as usize).unwrap_or(bytes));
}

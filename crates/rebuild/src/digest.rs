//! SHA-256 of what is read or written.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

/// The digest of bytes in memory.
pub(crate) fn of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The digest and length of everything that `from` still holds.
pub(crate) fn of_reader(from: &mut dyn Read) -> io::Result<(String, u64)> {
    let mut sha = Hashing::new(io::sink());
    let size = io::copy(from, &mut sha)?;
    Ok((sha.finish().0, size))
}

/// Passes bytes on and hashes them.
pub(crate) struct Hashing<W> {
    inner: W,
    sha: Sha256,
    size: u64,
}

impl<W> Hashing<W> {
    pub(crate) fn new(inner: W) -> Hashing<W> {
        Hashing { inner, sha: Sha256::new(), size: 0 }
    }

    /// Digest and number of bytes that came through.
    pub(crate) fn finish(self) -> (String, u64) {
        (hex::encode(self.sha.finalize()), self.size)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sha.update(bytes.get(..written).unwrap_or(bytes));
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.sha.update(into.get(..read).unwrap_or_default());
        self.size += read as u64;
        Ok(read)
    }
}

//! A blob store in memory, for tests of those who use one, and the model that the other stores are compared with.

use crate::blob_store::{BlobReader, BlobStore, Protection, Put, StoreError, document_name, io_error};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};
use vocabulary::{Date, Digest};

/// Blobs and documents in memory.
#[derive(Debug, Default)]
pub struct MemoryBlobs(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    blobs: BTreeMap<Digest, Vec<u8>>,
    protections: BTreeMap<Digest, Protection>,
    documents: BTreeMap<String, Vec<u8>>,
}

impl MemoryBlobs {
    /// An empty store.
    pub fn new() -> MemoryBlobs {
        MemoryBlobs::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves whole values behind: each method changes the maps in one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BlobStore for MemoryBlobs {
    fn put(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        if self.state().blobs.contains_key(&digest) {
            return Ok(Put::Existing);
        }
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).map_err(io_error("read the content of a blob"))?;
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(StoreError::Content { expected: digest, found });
        }
        self.state().blobs.insert(digest, bytes);
        Ok(Put::New)
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn open(&self, digest: Digest) -> Result<BlobReader, StoreError> {
        let bytes = self.state().blobs.get(&digest).cloned().ok_or(StoreError::Absent(digest))?;
        Ok(Box::new(io::Cursor::new(bytes)))
    }

    fn read_range(&self, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        let state = self.state();
        let bytes = state.blobs.get(&digest).ok_or(StoreError::Absent(digest))?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        start.checked_add(length).and_then(|end| bytes.get(start..end)).map(<[u8]>::to_vec).ok_or_else(|| {
            StoreError::Io {
                doing: format!("read {length} bytes at {offset} of blob sha256:{digest}"),
                source: io::ErrorKind::UnexpectedEof.into(),
            }
        })
    }

    fn size(&self, digest: Digest) -> Result<Option<u64>, StoreError> {
        Ok(self.state().blobs.get(&digest).map(|b| b.len() as u64))
    }

    fn list(&self) -> Result<Vec<Digest>, StoreError> {
        Ok(self.state().blobs.keys().copied().collect())
    }

    fn strays(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    fn protect(&self, blobs: &[Digest], protection: Protection) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(absent) = blobs.iter().find(|d| !state.blobs.contains_key(d)) {
            return Err(StoreError::Absent(*absent));
        }
        for digest in blobs {
            let kept = state.protections.entry(*digest).or_default();
            *kept = kept.stricter(protection);
        }
        Ok(())
    }

    fn set_hold(&self, blobs: &[Digest], hold: bool) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(absent) = blobs.iter().find(|d| !state.blobs.contains_key(d)) {
            return Err(StoreError::Absent(*absent));
        }
        for digest in blobs {
            state.protections.entry(*digest).or_default().hold = hold;
        }
        Ok(())
    }

    fn protection(&self, digest: Digest) -> Result<Protection, StoreError> {
        Ok(self.state().protections.get(&digest).copied().unwrap_or_default())
    }

    fn repair(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError> {
        if self.state().blobs.get(&digest).is_some_and(|b| Digest::of(b) == digest) {
            return Ok(Put::Existing);
        }
        self.state().blobs.remove(&digest);
        self.put(digest, content)
    }

    fn remove(&self, digest: Digest, today: Date) -> Result<(), StoreError> {
        let mut state = self.state();
        let protection = state.protections.get(&digest).copied().unwrap_or_default();
        if !protection.permits_removal(today) {
            return Err(StoreError::Protected { digest, protection });
        }
        state.protections.remove(&digest);
        state.blobs.remove(&digest).map(|_| ()).ok_or(StoreError::Absent(digest))
    }

    fn documents(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.state().documents.keys().cloned().collect())
    }

    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().documents.get(document_name(name)?).cloned())
    }

    fn replace_document(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.state().documents.insert(document_name(name)?.to_owned(), bytes.to_vec());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn memory_conforms() {
        crate::conformance::run(&|check| check(&super::MemoryBlobs::new()));
    }
}

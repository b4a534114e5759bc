//! Reading blobs and checking what they are: digests and sizes of all, and every chunk of packs. The part of
//! verification that takes the time; two threads share it.

use crate::blob_store::{BlobReader, StoreError};
use crate::layer::{Layer, media};
use crate::pack::{ChunkReader, PACK_BYTES_MAX};
use crate::problem::{Code, Problem, blob_path, chain, of_store};
use crate::tree_index::{EntryKind, TreeIndex};
use crate::verify::TREE_INDEX_BYTES_MAX;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vocabulary::Digest;

/// Threads that read and digest.
const WORKERS: usize = 2;

/// How a blob is opened: in a store, or in a stage.
pub(crate) type OpenBlob<'a> = dyn Fn(Digest) -> Result<BlobReader, StoreError> + Sync + 'a;

/// What each blob has to be.
#[derive(Default)]
pub(crate) struct BlobPlan(BTreeMap<Digest, Expected>);

#[derive(Default)]
struct Expected {
    size: u64,
    /// Who lists it, for reports.
    of: String,
    /// Chunks of a pack: offset, length, content's length and digest.
    chunks: Vec<(u32, u32, u32, Digest)>,
}

/// What reading the blobs gave.
pub(crate) struct Checked {
    pub(crate) blobs: u64,
    pub(crate) bytes: u64,
    pub(crate) problems: Vec<Problem>,
}

impl BlobPlan {
    /// Expects a blob of this size; `of` says who lists it.
    pub(crate) fn expect_blob(&mut self, digest: Digest, size: u64, of: &str) {
        self.expect(digest, size, of);
    }

    /// Whether the blob is among those that are checked.
    pub(crate) fn has(&self, digest: Digest) -> bool {
        self.0.contains_key(&digest)
    }

    fn expect(&mut self, digest: Digest, size: u64, of: &str) -> &mut Expected {
        let expected = self.0.entry(digest).or_default();
        if expected.of.is_empty() {
            expected.size = size;
            of.clone_into(&mut expected.of);
        }
        expected
    }

    /// Adds the layers of a release or stage as blobs to be digested.
    pub(crate) fn blobs(&mut self, layers: &[Layer], version: &str, problems: &mut Vec<Problem>) {
        for layer in layers {
            let label = format!("{version}:{}", layer.name);
            let expected = self.expect(layer.digest, layer.size, &label);
            if expected.size != layer.size {
                let message = format!("two layers give it {} and {} bytes", expected.size, layer.size);
                problems.push(Problem::new(Code::Size, label.clone(), message));
            }
        }
    }

    /// As [`BlobPlan::blobs`]; also reads the indexes of the trees, so that every chunk of the packs is unpacked.
    pub(crate) fn layers(
        &mut self,
        layers: &[Layer],
        version: &str,
        open: &OpenBlob<'_>,
        problems: &mut Vec<Problem>,
    ) {
        self.blobs(layers, version, problems);
        for layer in layers.iter().filter(|l| l.media_type == media::TREE_INDEX) {
            let label = format!("{version}:{}", layer.name);
            match read_tree_index(open, layer.digest) {
                Ok(index) => self.tree(layers, &index, &label, problems),
                Err(problem) => problems.push(problem),
            }
        }
        for pack in self.0.values_mut() {
            pack.chunks.sort_unstable();
            pack.chunks.dedup();
        }
    }

    fn tree(&mut self, layers: &[Layer], index: &TreeIndex, label: &str, problems: &mut Vec<Problem>) {
        let listed: BTreeMap<Digest, u64> =
            layers.iter().filter(|l| l.is_pack()).map(|l| (l.digest, l.size)).collect();
        for pack in &index.packs {
            if listed.get(&pack.digest) != Some(&pack.size) {
                let message =
                    format!("pack {} with {} bytes is no layer of the release", pack.digest, pack.size);
                problems.push(Problem::new(Code::Pack, label, message));
            }
        }
        for entry in &index.entries {
            let EntryKind::File { digest, chunks, .. } = &entry.kind else { continue };
            if let [only] = chunks.as_slice()
                && only.raw != *digest
            {
                let message =
                    format!("`{}` has one chunk with another digest", crate::tree_index::escape(&entry.path));
                problems.push(Problem::new(Code::TreeIndex, label, message));
            }
            for c in chunks {
                let expected = index.packs.get(c.pack as usize).and_then(|p| self.0.get_mut(&p.digest));
                if let Some(expected) = expected {
                    expected.chunks.push((c.offset, c.length, c.raw_length, c.raw));
                }
            }
        }
    }

    /// Reads and checks every blob, on two threads; memory is bounded by two packs.
    pub(crate) fn check(&self, open: &OpenBlob<'_>) -> Checked {
        let work: Vec<(&Digest, &Expected)> = self.0.iter().collect();
        let (next, blobs, bytes) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let problems = Mutex::new(Vec::new());
        let worker = || {
            let mut reader = BlobChecker { pack: Vec::new(), chunks: ChunkReader::new() };
            let mut found = Vec::new();
            while let Some((digest, expected)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                match reader.check(**digest, expected, open, &mut found) {
                    Ok(size) => {
                        blobs.fetch_add(1, Ordering::Relaxed);
                        bytes.fetch_add(size, Ordering::Relaxed);
                    }
                    Err(e) => {
                        let path = format!("{} ({})", blob_path(**digest), expected.of);
                        found.push(of_store(&e, path));
                    }
                }
            }
            problems.lock().unwrap_or_else(std::sync::PoisonError::into_inner).append(&mut found);
        };
        std::thread::scope(|scope| {
            for _ in 1..WORKERS {
                scope.spawn(worker);
            }
            worker();
        });
        let problems = problems.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Checked { blobs: blobs.into_inner(), bytes: bytes.into_inner(), problems }
    }
}

/// One thread's buffers.
struct BlobChecker {
    pack: Vec<u8>,
    chunks: Result<ChunkReader, StoreError>,
}

impl BlobChecker {
    fn check(
        &mut self,
        digest: Digest,
        expected: &Expected,
        open: &OpenBlob<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<u64, StoreError> {
        let path = || format!("{} ({})", blob_path(digest), expected.of);
        let content = open(digest)?;
        let reading = crate::blob_store::io_error(format!("read blob sha256:{digest}"));
        let (found, size) = if expected.chunks.is_empty() {
            let mut content = content;
            crate::disk::digest_copy(&mut content, &mut std::io::sink()).map_err(reading)?
        } else {
            self.pack.clear();
            content.take(PACK_BYTES_MAX + 1).read_to_end(&mut self.pack).map_err(reading)?;
            (Digest(Sha256::digest(&self.pack).into()), self.pack.len() as u64)
        };
        if size != expected.size {
            let message = format!("it has {size} bytes, its layer says {}", expected.size);
            problems.push(Problem::new(Code::Size, path(), message));
        }
        if found != digest {
            let message = format!("its content is that of sha256:{found}: it was changed");
            problems.push(Problem::new(Code::Changed, path(), message));
        }
        for (offset, length, raw_length, raw) in &expected.chunks {
            let start = *offset as usize;
            let frame = self.pack.get(start..start + *length as usize);
            let result = match (&mut self.chunks, frame) {
                (Ok(chunks), Some(frame)) => chunks.read(frame, *raw_length, *raw).map(|_| ()),
                (Ok(_), None) => Err("it lies beyond the end of the pack".to_owned()),
                (Err(e), _) => Err(chain(e)),
            };
            if let Err(reason) = result {
                let message = format!("the chunk at {offset}: {reason}");
                problems.push(Problem::new(Code::Chunk, path(), message));
            }
        }
        Ok(size)
    }
}

/// Reads and parses the index of a tree; a problem where that fails.
pub(crate) fn read_tree_index(open: &OpenBlob<'_>, digest: Digest) -> Result<TreeIndex, Problem> {
    let mut bytes = Vec::new();
    let content = open(digest).map_err(|e| of_store(&e, blob_path(digest)))?;
    let read = content.take(TREE_INDEX_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|e| Problem::new(Code::Unreadable, blob_path(digest), e.to_string()))?;
    TreeIndex::from_bytes(&bytes).map_err(|e| Problem::new(Code::TreeIndex, blob_path(digest), e.to_string()))
}

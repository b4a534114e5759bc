//! Packs: zstd frames, one chunk each, concatenated into files of bounded size. A pack is itself a valid `.zst` file.

use crate::blob_store::{StoreError, io_error};
use crate::disk::settle;
use crate::tree_index::PackRef;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use vocabulary::Digest;

/// Largest pack, in bytes.
pub(crate) const PACK_BYTES_MAX: u64 = 32 << 20;
/// Largest chunk before compression, in bytes.
pub(crate) const CHUNK_BYTES_MAX: u32 = 1 << 20;
/// Largest frame: a chunk that does not compress, with zstd's overhead.
pub(crate) const FRAME_BYTES_MAX: u32 = CHUNK_BYTES_MAX + (64 << 10);
/// The level at which packs and indexes are compressed. Reading does not depend on it. Level 2 stores 3 % less, level 3 another
/// 4 %, and each takes longer, which is what a seal mostly waits for (`cargo xtask bench archive`).
pub(crate) const ZSTD_LEVEL: i32 = 1;

/// Writes frames into one pack after the other, in the folder where staged blobs lie.
pub(crate) struct PackWriter {
    dir: PathBuf,
    open: Option<OpenPack>,
    finished: Vec<PackRef>,
    flusher: Flusher,
}

/// Sends finished packs to the disk while the next are compressed, so that little is left for the one sync that counts.
struct Flusher {
    files: Option<Sender<File>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Flusher {
    fn start() -> Flusher {
        let (files, received) = channel::<File>();
        let thread = std::thread::spawn(move || received.into_iter().try_for_each(|file| file.sync_data()));
        Flusher { files: Some(files), thread: Some(thread) }
    }

    fn flush(&self, file: File) {
        if let Some(files) = &self.files {
            // A flusher that has failed takes no more files; `finish` gives the reason.
            let _ = files.send(file);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.files = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }
}

struct OpenPack {
    file: File,
    hasher: Sha256,
    size: u64,
}

impl PackWriter {
    /// A writer of packs into `dir`.
    pub(crate) fn new(dir: &Path) -> PackWriter {
        PackWriter { dir: dir.to_owned(), open: None, finished: Vec::new(), flusher: Flusher::start() }
    }

    /// Appends one frame; returns the number of its pack among those of this writer and its offset.
    pub(crate) fn append(&mut self, frame: &[u8]) -> Result<(usize, u32), StoreError> {
        assert!(
            frame.len() as u64 <= u64::from(FRAME_BYTES_MAX),
            "a frame is never larger than the format says"
        );
        if self.open.as_ref().is_some_and(|p| p.size + frame.len() as u64 > PACK_BYTES_MAX) {
            self.finish_pack()?;
        }
        let path = self.partial();
        let pack = match &mut self.open {
            Some(pack) => pack,
            none => {
                let file = File::create(&path).map_err(io_error(format!("write {}", path.display())))?;
                none.insert(OpenPack { file, hasher: Sha256::new(), size: 0 })
            }
        };
        pack.file.write_all(frame).map_err(io_error("write a pack"))?;
        pack.hasher.update(frame);
        let offset = pack.size;
        pack.size += frame.len() as u64;
        // Below 2^25, by the check above.
        Ok((self.finished.len(), offset as u32))
    }

    /// Finishes the last pack; returns all, in order of their numbers.
    pub(crate) fn finish(mut self) -> Result<Vec<PackRef>, StoreError> {
        self.finish_pack()?;
        self.flusher.finish().map_err(io_error("send packs to the disk"))?;
        Ok(self.finished)
    }

    fn finish_pack(&mut self) -> Result<(), StoreError> {
        let Some(pack) = self.open.take() else { return Ok(()) };
        let digest = Digest(pack.hasher.finalize().into());
        let (from, to) = (self.partial(), self.dir.join(digest.to_string()));
        settle(&pack.file, &from)?;
        std::fs::rename(&from, &to).map_err(io_error(format!("write {}", to.display())))?;
        self.flusher.flush(pack.file);
        self.finished.push(PackRef { digest, size: pack.size });
        Ok(())
    }

    fn partial(&self) -> PathBuf {
        self.dir.join("pack.partial")
    }
}

/// A reused zstd context and its buffer, for reading chunks.
pub(crate) struct ChunkReader {
    decompressor: zstd::bulk::Decompressor<'static>,
    buffer: Vec<u8>,
}

impl ChunkReader {
    /// A reader with a buffer for the largest chunk.
    pub(crate) fn new() -> Result<ChunkReader, StoreError> {
        let decompressor = zstd::bulk::Decompressor::new().map_err(io_error("start zstd"))?;
        Ok(ChunkReader { decompressor, buffer: vec![0; CHUNK_BYTES_MAX as usize] })
    }

    /// Decompresses `frame`, which must hold exactly `raw_length` bytes with the digest `raw`. A frame that holds more
    /// than the index declares is an error of zstd and never gets memory.
    ///
    /// # Errors
    /// Says in words what is wrong with the frame.
    pub(crate) fn read(&mut self, frame: &[u8], raw_length: u32, raw: Digest) -> Result<&[u8], String> {
        let out = self.buffer.get_mut(..raw_length as usize);
        let out = out.ok_or_else(|| format!("the index declares a chunk of {raw_length} bytes"))?;
        let n = self
            .decompressor
            .decompress_to_buffer(frame, out)
            .map_err(|e| format!("its frame cannot be decompressed to {raw_length} bytes: {e}"))?;
        if n != raw_length as usize {
            return Err(format!("its frame holds {n} bytes, the index says {raw_length}"));
        }
        let found = Digest::of(out);
        if found == raw {
            Ok(out)
        } else {
            Err(format!("its content is sha256:{found}, the index says sha256:{raw}"))
        }
    }
}

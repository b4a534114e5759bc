//! Writes a tree: cuts files into chunks, compresses those that the archive does not have yet, and packs them.
//!
//! Three stages with bounded queues between them, so memory does not grow with the tree: one thread walks and cuts,
//! two hash and compress, and the caller's thread appends to the packs **in the order of the tree**. The result is
//! therefore a pure function of the tree and of the chunks known before, whatever the threads do.

use crate::blob_store::io_error;
use crate::pack::{CHUNK_BYTES_MAX, PackWriter, ZSTD_LEVEL};
use crate::staging::StageError;
use crate::tree_index::{ChunkRef, Entry, EntryKind, PackRef, TreeIndex, check_link, check_path};
use fastcdc::v2020::FastCDC;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use vocabulary::Digest;

/// FastCDC's bounds, in bytes. A chunk of 256 KiB on average keeps a small change of a big file small; files up to
/// [`WHOLE_BYTES_MAX`] are one chunk.
const CHUNK_BYTES_MIN: usize = 64 << 10;
const CHUNK_BYTES_AVERAGE: usize = 256 << 10;
/// Files up to this size are never cut.
const WHOLE_BYTES_MAX: u64 = 128 << 10;
/// How much of a big file is read at once.
const READ_BYTES: usize = 4 << 20;
/// Small files are handed to the compressing threads in batches of about this size.
const BATCH_BYTES: u64 = 1 << 20;
const BATCH_FILES: usize = 256;
/// Threads that hash and compress.
const WORKERS: usize = 2;
/// Length of each queue, in jobs of about [`BATCH_BYTES`]. Bounds memory to a few dozen MiB.
const QUEUE_JOBS: usize = 4;

/// Where a chunk lies in packs that are in the archive, or in this stage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownChunk {
    /// Which pack.
    pub(crate) pack: PackRef,
    /// Frame's place in it.
    pub(crate) offset: u32,
    /// Frame's length.
    pub(crate) length: u32,
}

/// Chunks by the digest of their content.
pub(crate) type KnownChunks = HashMap<Digest, KnownChunk>;

/// Adds the chunks of an index, except those in packs that `present` does not have.
pub(crate) fn learn(known: &mut KnownChunks, index: &TreeIndex, present: impl Fn(PackRef) -> bool) {
    let packs: Vec<Option<PackRef>> = index.packs.iter().map(|p| present(*p).then_some(*p)).collect();
    for entry in &index.entries {
        let EntryKind::File { chunks, .. } = &entry.kind else { continue };
        for c in chunks {
            if let Some(Some(pack)) = packs.get(c.pack as usize) {
                let place = KnownChunk { pack: *pack, offset: c.offset, length: c.length };
                known.entry(c.raw).or_insert(place);
            }
        }
    }
}

/// What a tree is made of.
#[derive(Clone, Copy)]
pub(crate) enum TreeSource<'a> {
    /// A folder.
    Folder(&'a Path),
    /// Files given as bytes, with their relative paths; folders follow from the paths.
    Files(&'a [(String, Vec<u8>)]),
}

/// Writes the tree's new packs into `dir`. Returns its index and the packs that are new; `known` learns the new chunks.
pub(crate) fn write_tree(
    source: TreeSource<'_>,
    dir: &Path,
    known: &mut KnownChunks,
) -> Result<(TreeIndex, Vec<PackRef>), StageError> {
    let items = match source {
        TreeSource::Folder(root) => walk(root)?,
        TreeSource::Files(files) => given(files)?,
    };
    let mut packs = PackWriter::new(dir);
    let seen = Mutex::new(HashSet::new());
    let shared: &KnownChunks = known;
    let (job_sender, job_receiver) = sync_channel::<Job>(QUEUE_JOBS);
    let (done_sender, done_receiver) = sync_channel::<Done>(QUEUE_JOBS);
    // The compressing threads own the queue's end: when both have stopped, the cutting thread is told so by its sender.
    let jobs = Arc::new(Mutex::new(job_receiver));
    let (collected, files) = std::thread::scope(|scope| {
        let cutting = scope.spawn(|| Cutter::new(job_sender).cut(&items, source));
        for _ in 0..WORKERS {
            let (jobs, done, seen) = (Arc::clone(&jobs), done_sender.clone(), &seen);
            scope.spawn(move || compress_jobs(&jobs, shared, seen, &done));
        }
        drop((jobs, done_sender));
        let collected = collect(done_receiver, shared, &seen, &mut packs);
        let files = cutting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (collected, files)
    });
    // A failure of the collector stops the cutter too, so it is the cause and comes first.
    let (collected, files) = (collected?, files?);
    let finished = packs.finish()?;
    let index = assemble(items, &files, &collected, known, &finished)?;
    learn(known, &index, |pack| finished.contains(&pack));
    Ok((index, finished))
}

/// One entry of the tree as it was found.
struct Item {
    path: Vec<u8>,
    kind: ItemKind,
}

enum ItemKind {
    Dir { mode: u32 },
    Link { target: Vec<u8> },
    File { mode: u32, size: u64, at: FileAt },
}

/// Where the content of a file is.
enum FileAt {
    Disk(PathBuf),
    /// Position among the files that were given as bytes.
    Given(usize),
}

/// What the cutter knows about a file of the tree when it has read it.
struct CutFile {
    chunks: usize,
    /// Digest of the whole content; `None` where the single chunk's digest says it.
    digest: Option<Digest>,
}

/// Lists a folder in the order of the index.
fn walk(root: &Path) -> Result<Vec<Item>, StageError> {
    let metadata = fs::metadata(root).map_err(io_error(format!("look at {}", root.display())))?;
    if !metadata.is_dir() {
        return Err(StageError::Unsupported { path: root.to_owned(), reason: "it is no folder".to_owned() });
    }
    let mut items = Vec::new();
    walk_folder(root, &[], &mut items)?;
    Ok(items)
}

fn walk_folder(folder: &Path, prefix: &[u8], items: &mut Vec<Item>) -> Result<(), StageError> {
    let listing = || io_error(format!("list the folder {}", folder.display()));
    let mut children = Vec::new();
    for entry in fs::read_dir(folder).map_err(listing())? {
        let entry = entry.map_err(listing())?;
        children.push((path_bytes(Path::new(&entry.file_name()))?, entry));
    }
    children.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, entry) in children {
        let disk = entry.path();
        let unsupported = |reason: String| StageError::Unsupported { path: disk.clone(), reason };
        let mut path = prefix.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(&name);
        check_path(&path).map_err(&unsupported)?;
        let looking = io_error(format!("look at {}", disk.display()));
        let metadata = fs::symlink_metadata(&disk).map_err(looking)?;
        if metadata.is_dir() {
            items.push(Item { path: path.clone(), kind: ItemKind::Dir { mode: mode(&metadata) } });
            walk_folder(&disk, &path, items)?;
        } else if metadata.is_symlink() {
            let read = fs::read_link(&disk).map_err(io_error(format!("read the link {}", disk.display())))?;
            let target = path_bytes(&read)?;
            check_link(&path, &target).map_err(&unsupported)?;
            items.push(Item { path, kind: ItemKind::Link { target } });
        } else if metadata.is_file() {
            let kind = ItemKind::File {
                mode: mode(&metadata),
                size: metadata.len(),
                at: FileAt::Disk(disk.clone()),
            };
            items.push(Item { path, kind });
        } else {
            return Err(unsupported("it is neither file, folder nor symbolic link".to_owned()));
        }
    }
    Ok(())
}

/// The items of files given as bytes, with the folders that their paths name.
fn given(files: &[(String, Vec<u8>)]) -> Result<Vec<Item>, StageError> {
    let mut all: BTreeMap<Vec<&[u8]>, ItemKind> = BTreeMap::new();
    for (at, (path, bytes)) in files.iter().enumerate() {
        let unsupported =
            |reason: &str| StageError::Unsupported { path: PathBuf::from(path), reason: reason.to_owned() };
        check_path(path.as_bytes()).map_err(|reason| unsupported(&reason))?;
        let parts: Vec<&[u8]> = path.as_bytes().split(|b| *b == b'/').collect();
        for n in 1..parts.len() {
            let folder = parts.iter().take(n).copied().collect();
            all.entry(folder).or_insert(ItemKind::Dir { mode: 0o755 });
        }
        let kind = ItemKind::File { mode: 0o644, size: bytes.len() as u64, at: FileAt::Given(at) };
        if all.insert(parts, kind).is_some() {
            return Err(unsupported("it stands twice"));
        }
    }
    Ok(all.into_iter().map(|(parts, kind)| Item { path: parts.join(&b'/'), kind }).collect())
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Result<Vec<u8>, StageError> {
    Ok(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec())
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Result<Vec<u8>, StageError> {
    let text = path.to_str().map(|t| t.replace('\\', "/").into_bytes());
    text.ok_or_else(|| StageError::Unsupported {
        path: path.to_owned(),
        reason: "its name is not UTF-8".to_owned(),
    })
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o777
}

#[cfg(not(unix))]
fn mode(metadata: &fs::Metadata) -> u32 {
    if metadata.is_dir() { 0o755 } else { 0o644 }
}

/// Some chunks to be hashed and compressed, in order.
struct Job {
    number: usize,
    work: Work,
}

enum Work {
    /// Small files, one chunk each, with the size they had when the tree was listed.
    Files(Vec<(PathBuf, u64)>),
    /// Chunks that were cut already: they end at these positions of the bytes.
    Chunks { bytes: Vec<u8>, ends: Vec<usize> },
}

/// Stops a stage of the pipeline whose neighbour has failed; the neighbour has the reason.
struct Stopped;

/// Reads files and cuts them.
struct Cutter {
    sender: SyncSender<Job>,
    next: usize,
    batch: Vec<(PathBuf, u64)>,
    batch_bytes: u64,
}

impl Cutter {
    fn new(sender: SyncSender<Job>) -> Cutter {
        Cutter { sender, next: 0, batch: Vec::new(), batch_bytes: 0 }
    }

    fn cut(mut self, items: &[Item], source: TreeSource<'_>) -> Result<Vec<CutFile>, StageError> {
        let mut files = Vec::new();
        for item in items {
            let ItemKind::File { size, at, .. } = &item.kind else { continue };
            let cut = match (at, source) {
                (FileAt::Disk(path), _) if *size <= WHOLE_BYTES_MAX => self.small(path, *size),
                (FileAt::Disk(path), _) => {
                    let file = File::open(path).map_err(io_error(format!("open {}", path.display())))?;
                    self.big(file, path, *size)?
                }
                (FileAt::Given(at), TreeSource::Files(given)) => {
                    let (path, bytes) =
                        given.get(*at).map_or(("", &[][..]), |(p, b)| (p.as_str(), b.as_slice()));
                    self.big(bytes, Path::new(path), *size)?
                }
                (FileAt::Given(_), TreeSource::Folder(_)) => Ok(CutFile { chunks: 0, digest: None }),
            };
            match cut {
                Ok(file) => files.push(file),
                // Nobody compresses any more: whoever stopped says why.
                Err(Stopped) => return Ok(files),
            }
        }
        let _ = self.flush();
        Ok(files)
    }

    fn small(&mut self, path: &Path, size: u64) -> Result<CutFile, Stopped> {
        if size > 0 {
            self.batch.push((path.to_owned(), size));
            self.batch_bytes += size;
            if self.batch_bytes >= BATCH_BYTES || self.batch.len() >= BATCH_FILES {
                self.flush()?;
            }
        }
        Ok(CutFile { chunks: usize::from(size > 0), digest: (size == 0).then(|| Digest::of(b"")) })
    }

    fn flush(&mut self) -> Result<(), Stopped> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.batch_bytes = 0;
        let files = std::mem::take(&mut self.batch);
        self.send(Work::Files(files))
    }

    fn send(&mut self, work: Work) -> Result<(), Stopped> {
        let job = Job { number: self.next, work };
        self.next += 1;
        self.sender.send(job).map_err(|_| Stopped)
    }

    /// Cuts a file with FastCDC, a buffer at a time: the last chunk of a buffer is cut again with what follows it.
    fn big(
        &mut self,
        mut file: impl Read,
        path: &Path,
        size: u64,
    ) -> Result<Result<CutFile, Stopped>, StageError> {
        if self.flush().is_err() {
            return Ok(Err(Stopped));
        }
        let mut hasher = Sha256::new();
        let (mut chunks, mut total) = (0, 0);
        let mut carried: Vec<u8> = Vec::new();
        loop {
            let mut bytes = std::mem::take(&mut carried);
            let kept = bytes.len();
            bytes.reserve_exact(READ_BYTES);
            let n = (&mut file)
                .take(READ_BYTES as u64)
                .read_to_end(&mut bytes)
                .map_err(io_error(format!("read {}", path.display())))?;
            hasher.update(bytes.get(kept..).unwrap_or_default());
            total += n as u64;
            let at_end = n < READ_BYTES;
            let mut ends = cut_points(&bytes);
            if !at_end {
                ends.pop();
                let last = ends.last().copied().unwrap_or(0);
                carried = bytes.split_off(last);
            }
            chunks += ends.len();
            if !ends.is_empty() && self.send(Work::Chunks { bytes, ends }).is_err() {
                return Ok(Err(Stopped));
            }
            if at_end {
                break;
            }
        }
        if total != size {
            return Err(StageError::Changed { path: path.to_owned() });
        }
        Ok(Ok(CutFile { chunks, digest: Some(Digest(hasher.finalize().into())) }))
    }
}

/// Where FastCDC ends the chunks of `bytes`.
fn cut_points(bytes: &[u8]) -> Vec<usize> {
    if bytes.len() as u64 <= WHOLE_BYTES_MAX {
        return if bytes.is_empty() { Vec::new() } else { vec![bytes.len()] };
    }
    FastCDC::new(bytes, CHUNK_BYTES_MIN, CHUNK_BYTES_AVERAGE, CHUNK_BYTES_MAX as usize)
        .map(|c| c.offset + c.length)
        .collect()
}

/// The result of a job: its chunks in order, with their frames one after the other.
struct Done {
    number: usize,
    result: Result<(Vec<DoneChunk>, Vec<u8>), StageError>,
}

struct DoneChunk {
    raw: Digest,
    raw_length: u32,
    /// Length of its frame; 0 where the chunk was known and not compressed.
    frame: u32,
}

fn compress_jobs(
    jobs: &Mutex<Receiver<Job>>,
    known: &KnownChunks,
    seen: &Mutex<HashSet<Digest>>,
    done: &SyncSender<Done>,
) {
    let mut compressor = zstd::bulk::Compressor::new(ZSTD_LEVEL).map_err(io_error("start zstd"));
    let mut buffer = Vec::new();
    loop {
        // Bound first, so that the lock is free while the job is done.
        let received = lock(jobs).recv();
        let Ok(Job { number, work }) = received else { return };
        let result = match &mut compressor {
            Ok(compressor) => Compression { compressor, known, seen, chunks: Vec::new(), frames: Vec::new() }
                .run(work, &mut buffer),
            Err(_) => Err(StageError::from(io_error("start zstd")(std::io::Error::other("no memory")))),
        };
        if done.send(Done { number, result }).is_err() {
            return;
        }
    }
}

/// One job on its way through one thread.
struct Compression<'a> {
    compressor: &'a mut zstd::bulk::Compressor<'static>,
    known: &'a KnownChunks,
    seen: &'a Mutex<HashSet<Digest>>,
    chunks: Vec<DoneChunk>,
    frames: Vec<u8>,
}

impl Compression<'_> {
    fn run(mut self, work: Work, buffer: &mut Vec<u8>) -> Result<(Vec<DoneChunk>, Vec<u8>), StageError> {
        match work {
            Work::Files(files) => {
                for (path, size) in files {
                    buffer.clear();
                    let doing = || io_error(format!("read {}", path.display()));
                    // One byte more than expected, to notice a file that has grown.
                    let file = File::open(&path).map_err(doing())?;
                    file.take(size + 1).read_to_end(buffer).map_err(doing())?;
                    if buffer.len() as u64 != size {
                        return Err(StageError::Changed { path });
                    }
                    self.chunk(buffer)?;
                }
            }
            Work::Chunks { bytes, ends } => {
                let mut start = 0;
                for end in ends {
                    self.chunk(bytes.get(start..end).unwrap_or_default())?;
                    start = end;
                }
            }
        }
        Ok((self.chunks, self.frames))
    }

    fn chunk(&mut self, bytes: &[u8]) -> Result<(), StageError> {
        let raw = Digest::of(bytes);
        let mut frame = 0;
        if !self.known.contains_key(&raw) && !lock(self.seen).contains(&raw) {
            let start = self.frames.len();
            self.frames.resize(start + zstd::zstd_safe::compress_bound(bytes.len()), 0);
            let space = self.frames.get_mut(start..).unwrap_or_default();
            frame = self.compressor.compress_to_buffer(bytes, space).map_err(io_error("compress a chunk"))?;
            self.frames.truncate(start + frame);
        }
        // Both below 2^21: a chunk is at most `CHUNK_BYTES_MAX`.
        self.chunks.push(DoneChunk { raw, raw_length: bytes.len() as u32, frame: frame as u32 });
        Ok(())
    }
}

/// A chunk's place among the packs that this tree writes.
#[derive(Clone, Copy)]
struct NewChunk {
    pack: usize,
    offset: u32,
    length: u32,
}

/// The chunks of the tree in order, and where the new ones lie.
#[derive(Default)]
struct Collected {
    chunks: Vec<(Digest, u32)>,
    new: HashMap<Digest, NewChunk>,
}

/// Takes the results in the order of their jobs and appends what is new to the packs.
fn collect(
    done: Receiver<Done>,
    known: &KnownChunks,
    seen: &Mutex<HashSet<Digest>>,
    packs: &mut PackWriter,
) -> Result<Collected, StageError> {
    let mut collected = Collected::default();
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for Done { number, result } in done {
        waiting.insert(number, result);
        while let Some(result) = waiting.remove(&next) {
            next += 1;
            let (chunks, frames) = result?;
            let mut at = 0;
            for chunk in chunks {
                let frame = frames.get(at..at + chunk.frame as usize).unwrap_or_default();
                at += frame.len();
                collected.chunks.push((chunk.raw, chunk.raw_length));
                // The same chunk may have been compressed twice at the same time: the first in order is kept.
                if !frame.is_empty()
                    && !known.contains_key(&chunk.raw)
                    && !collected.new.contains_key(&chunk.raw)
                {
                    let (pack, offset) = packs.append(frame)?;
                    collected.new.insert(chunk.raw, NewChunk { pack, offset, length: chunk.frame });
                    lock(seen).insert(chunk.raw);
                }
            }
        }
    }
    Ok(collected)
}

/// Joins what was listed, cut and packed to the index.
fn assemble(
    items: Vec<Item>,
    files: &[CutFile],
    collected: &Collected,
    known: &KnownChunks,
    finished: &[PackRef],
) -> Result<TreeIndex, StageError> {
    let mut index = TreeIndex::default();
    let mut numbers: HashMap<Digest, u32> = HashMap::new();
    let (mut files, mut chunks) = (files.iter(), collected.chunks.iter());
    for Item { path, kind } in items {
        let kind = match kind {
            ItemKind::Dir { mode } => EntryKind::Dir { mode },
            ItemKind::Link { target } => EntryKind::Link { target },
            ItemKind::File { mode, size, .. } => {
                let file = files.next().ok_or(StageError::Lost)?;
                let mut refs = Vec::with_capacity(file.chunks);
                for (raw, raw_length) in chunks.by_ref().take(file.chunks) {
                    let (pack, offset, length) = match (known.get(raw), collected.new.get(raw)) {
                        (Some(k), _) => (k.pack, k.offset, k.length),
                        (None, Some(n)) => {
                            (*finished.get(n.pack).ok_or(StageError::Lost)?, n.offset, n.length)
                        }
                        (None, None) => return Err(StageError::Lost),
                    };
                    let pack = *numbers.entry(pack.digest).or_insert_with(|| {
                        index.packs.push(pack);
                        index.packs.len() as u32 - 1
                    });
                    refs.push(ChunkRef { pack, offset, length, raw_length: *raw_length, raw: *raw });
                }
                let digest = file.digest.or(refs.first().map(|c| c.raw)).ok_or(StageError::Lost)?;
                EntryKind::File { mode, size, digest, chunks: refs }
            }
        };
        index.entries.push(Entry { path, kind });
    }
    Ok(index)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

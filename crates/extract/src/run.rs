//! All files of a source: in parallel, through the cache, with progress. A run that is broken off goes on where it was,
//! because each text is kept when it is read.

use crate::cache::{Cache, digest};
use crate::child::Reader;
use crate::source::{Entry, Source, SourceError};
use crate::text::{Reason, Text, Unread};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file of a source, read or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Its name in the source.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes in hexadecimal digits; empty where they could not be had.
    pub digest: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the text was read before.
    pub cached: bool,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its text.
    Read(Text),
    /// Why there is none.
    Unread(Unread),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files done.
    pub done: usize,
    /// Files in all.
    pub all: usize,
}

/// Reads every file of a source with as many children at a time as `threads`.
///
/// # Errors
/// Where the source cannot be listed; what is wrong with a file stands in its place in the result.
pub fn read_all(
    source: &dyn Source,
    reader: &Reader,
    cache: Option<&Cache>,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<FileRead>, SourceError> {
    read_each(source, reader, cache, threads, progress, &|_, _| None, &|_, file| file)
}

/// Reads every file of a source and makes something of it at once, so that no more texts are held than there are `threads`.
/// `known` is asked first, with the file's name and digest: what it knows is not read. `work` also gets the file's place in the
/// source. The answers stand in the order of the source.
///
/// # Errors
/// Where the source cannot be listed; what is wrong with a file is given to `work`.
pub fn read_each<T: Send>(
    source: &dyn Source,
    reader: &Reader,
    cache: Option<&Cache>,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
    known: &(dyn Fn(&str, &str) -> Option<T> + Sync),
    work: &(dyn Fn(usize, FileRead) -> T + Sync),
) -> Result<Vec<T>, SourceError> {
    let entries = source.entries()?;
    // The largest first, so that no worker is left alone with one at the end.
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(entries.get(*i).map_or(0, |e| e.size)));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let slots: Vec<Mutex<Option<T>>> = entries.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (Some(entry), Some(slot)) = (entries.get(index), slots.get(index)) else { continue };
                    let answer = match fetch(source, entry, reader) {
                        Err(unread) => work(index, *unread),
                        Ok((bytes, digest)) => known(&entry.name, &digest)
                            .unwrap_or_else(|| work(index, one(entry, &bytes, digest, reader, cache))),
                    };
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(answer);
                    }
                    progress(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, all: entries.len() });
                }
            });
        }
    });
    let lost = |entry: &Entry| unread(entry, Unread::new(Reason::ReaderFailed, "its worker ended early"));
    Ok(slots
        .into_iter()
        .zip(&entries)
        .enumerate()
        .map(|(at, (slot, entry))| slot.into_inner().ok().flatten().unwrap_or_else(|| work(at, lost(entry))))
        .collect())
}

fn unread(entry: &Entry, unread: Unread) -> FileRead {
    FileRead {
        name: entry.name.clone(),
        size: entry.size,
        digest: String::new(),
        outcome: Outcome::Unread(unread),
        cached: false,
    }
}

/// The bytes of a file and their digest, or why it is not read.
fn fetch(source: &dyn Source, entry: &Entry, reader: &Reader) -> Result<(Vec<u8>, String), Box<FileRead>> {
    if let Some(known) = &entry.unread {
        return Err(Box::new(unread(entry, known.clone())));
    }
    let bytes = source.bytes(entry, reader.limits.file).map_err(|reason| Box::new(unread(entry, reason)))?;
    let digest = digest(&bytes);
    Ok((bytes, digest))
}

fn one(entry: &Entry, bytes: &[u8], digest: String, reader: &Reader, cache: Option<&Cache>) -> FileRead {
    let before = cache.and_then(|c| c.get(&entry.name, &digest, reader.ocr));
    let cached = before.is_some();
    let answer = before.unwrap_or_else(|| reader.read(&entry.name, bytes));
    if !cached && let Some(cache) = cache {
        // What may end differently next time is not kept: a busy machine, or a converter that is installed later.
        let passing = |u: &Unread| {
            matches!(
                u.reason,
                Reason::TimedOut
                    | Reason::OutOfMemory
                    | Reason::ReaderFailed
                    | Reason::NoTextLayer
                    | Reason::Unsupported
            )
        };
        if answer.as_ref().err().is_none_or(|u| !passing(u)) {
            cache.put(&entry.name, &digest, reader.ocr, &answer);
        }
    }
    let outcome = match answer {
        Ok(text) => Outcome::Read(text),
        Err(reason) => Outcome::Unread(reason),
    };
    FileRead { name: entry.name.clone(), size: bytes.len() as u64, digest, outcome, cached }
}

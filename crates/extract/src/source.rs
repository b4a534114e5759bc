//! Where files come from: a folder that is only read, or a zip. Other sources implement [`Source`].

use crate::text::{Reason, Unread};
use rustix::fs::{Mode, OFlags, ResolveFlags, fstat, open, openat2};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Most files of one source.
const FILES_MAX: usize = 500_000;

/// Deepest folder.
const DEPTH_MAX: usize = 100;

/// A file that a source offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the source, parts joined by `/`; bytes that are no UTF-8 as `\xNN`.
    pub name: String,
    /// Its size in bytes as far as known.
    pub size: u64,
    /// How the source finds it again.
    pub key: Vec<u8>,
    /// Set where it is known beforehand that it cannot be read.
    pub unread: Option<Unread>,
}

/// Something that holds files.
pub trait Source: Sync {
    /// What it is, for the report.
    fn title(&self) -> String;

    /// All files in the order of their names, those that cannot be read included.
    ///
    /// # Errors
    /// Where the source itself cannot be listed.
    fn entries(&self) -> Result<Vec<Entry>, SourceError>;

    /// The bytes of a file, at most `limit` of them.
    ///
    /// # Errors
    /// Why they cannot be had.
    fn bytes(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Unread>;
}

/// A source cannot be listed.
#[derive(Debug, thiserror::Error)]
#[error("`{source_name}` cannot be read: {problem}")]
pub struct SourceError {
    /// The source.
    pub source_name: String,
    /// What is wrong.
    pub problem: String,
}

/// A folder. No file in it is written, no link is followed, and nothing outside of it is opened.
pub struct Folder {
    path: PathBuf,
    root: OwnedFd,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// Where there is none, or it may not be read.
    pub fn open(path: &Path) -> Result<Folder, SourceError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = open(path, flags, Mode::empty())
            .map_err(|e| SourceError { source_name: path.display().to_string(), problem: e.to_string() })?;
        Ok(Folder { path: path.to_owned(), root })
    }

    fn walk(&self, relative: &Path, depth: usize, out: &mut Vec<Entry>) {
        let shown = |p: &Path| name_of(p.as_os_str().as_bytes());
        let unread = |p: &Path, reason, detail: String| Entry {
            name: shown(p),
            size: 0,
            key: p.as_os_str().as_bytes().to_vec(),
            unread: Some(Unread::new(reason, detail)),
        };
        let directory = match std::fs::read_dir(self.path.join(relative)) {
            Ok(directory) => directory,
            Err(e) => return out.push(unread(relative, reason_of(&e), format!("the folder: {e}"))),
        };
        if depth > DEPTH_MAX {
            let detail = format!("a folder {DEPTH_MAX} folders deep; what is in it was not listed");
            return out.push(unread(relative, Reason::NoDocument, detail));
        }
        for entry in directory {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let detail = format!("the rest of the folder was not listed: {e}");
                    return out.push(unread(relative, reason_of(&e), detail));
                }
            };
            let path = relative.join(entry.file_name());
            if out.len() >= FILES_MAX {
                if out.len() == FILES_MAX {
                    out.push(unread(relative, Reason::NoDocument, too_many(FILES_MAX)));
                }
                return;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    if entry.file_name() != OsStr::new(".git") {
                        self.walk(&path, depth + 1, out);
                    }
                }
                Ok(kind) if kind.is_file() => out.push(self.file(&path, &entry)),
                Ok(kind) if kind.is_symlink() => {
                    let target = std::fs::read_link(self.path.join(&path))
                        .map(|t| t.display().to_string())
                        .unwrap_or_default();
                    out.push(unread(
                        &path,
                        Reason::NotAFile,
                        format!("a link to `{target}`; links are not followed"),
                    ));
                }
                Ok(_) => out.push(unread(&path, Reason::NotAFile, "a device, pipe or socket".to_owned())),
                Err(e) => out.push(unread(&path, reason_of(&e), e.to_string())),
            }
        }
    }

    fn file(&self, path: &Path, entry: &std::fs::DirEntry) -> Entry {
        let name = name_of(path.as_os_str().as_bytes());
        let last = name.rsplit('/').next().unwrap_or(&name);
        let unread = if last.starts_with("~$") || last.starts_with(".~lock.") {
            Some(Unread::new(Reason::NoDocument, "the lock file of a document that somebody has open"))
        } else {
            None
        };
        let size = entry.metadata().map(|m| m.len()).unwrap_or(0);
        Entry { name, size, key: path.as_os_str().as_bytes().to_vec(), unread }
    }
}

impl Source for Folder {
    fn title(&self) -> String {
        self.path.display().to_string()
    }

    fn entries(&self) -> Result<Vec<Entry>, SourceError> {
        let mut out = Vec::new();
        self.walk(Path::new(""), 0, &mut out);
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    fn bytes(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Unread> {
        let path = Path::new(OsStr::from_bytes(&entry.key));
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        // The kernel itself refuses a path that leaves the folder, also where it was changed since it was listed.
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let fd = openat2(&self.root, path, flags, Mode::empty(), resolve).map_err(|e| {
            let e = std::io::Error::from(e);
            Unread::new(reason_of(&e), e.to_string())
        })?;
        let before = fstat(&fd).map_err(|e| Unread::new(Reason::Changed, e.to_string()))?;
        let size = u64::try_from(before.st_size).unwrap_or(0);
        if size > limit {
            return Err(Unread::new(Reason::TooLarge, format!("{size} bytes, the limit is {limit}")));
        }
        let mut file = std::fs::File::from(fd);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let read = (&mut file).take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|e| Unread::new(reason_of(&e), e.to_string()))?;
        let after = fstat(&file).map_err(|e| Unread::new(Reason::Changed, e.to_string()))?;
        let moved = (before.st_mtime, before.st_mtime_nsec) != (after.st_mtime, after.st_mtime_nsec);
        if moved || bytes.len() as u64 != size {
            return Err(Unread::new(Reason::Changed, "somebody is writing it; run the review again"));
        }
        Ok(bytes)
    }
}

fn reason_of(error: &std::io::Error) -> Reason {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        std::io::ErrorKind::NotFound => Reason::Changed,
        // Links and mounts that lead out: ELOOP and EXDEV.
        _ if matches!(error.raw_os_error(), Some(40 | 18)) => Reason::NotAFile,
        _ => Reason::ReaderFailed,
    }
}

/// A name as text, whatever its bytes; control characters are written like bytes that are no UTF-8.
fn name_of(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        // A line break in a name would make a line of its own in every list that names it.
        for c in chunk.valid().chars() {
            if c.is_control() {
                out.push_str(&format!("\\x{:02x}", u32::from(c)));
            } else {
                out.push(c);
            }
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
    }
    out
}

/// What stands in the list of files where the rest of a source was not listed any more.
pub fn too_many(most: usize) -> String {
    format!(
        "the source holds more than {most} files, and the rest was not listed; review its folders one by one"
    )
}

/// A zip file; only what is asked for is read into memory.
pub struct Zip {
    name: String,
    archive: Mutex<zip::ZipArchive<BufReader<File>>>,
}

impl Zip {
    /// Opens a zip.
    ///
    /// # Errors
    /// Where it cannot be read or is none.
    pub fn open(path: &Path) -> Result<Zip, SourceError> {
        let failed = |problem: String| SourceError { source_name: path.display().to_string(), problem };
        let file = File::open(path).map_err(|e| failed(e.to_string()))?;
        if !file.metadata().is_ok_and(|m| m.is_file()) {
            return Err(failed("it is neither a folder nor a zip".to_owned()));
        }
        let archive = zip::ZipArchive::new(BufReader::new(file))
            .map_err(|e| failed(format!("it is neither a folder nor a zip: {e}")))?;
        Ok(Zip { name: path.display().to_string(), archive: Mutex::new(archive) })
    }
}

impl Source for Zip {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn entries(&self) -> Result<Vec<Entry>, SourceError> {
        let Ok(mut archive) = self.archive.lock() else {
            return Err(SourceError {
                source_name: self.name.clone(),
                problem: "its directory is broken".to_owned(),
            });
        };
        let mut out = Vec::new();
        if archive.len() > FILES_MAX {
            let unread = Some(Unread::new(Reason::NoDocument, too_many(FILES_MAX)));
            out.push(Entry { name: "the rest".to_owned(), size: 0, key: Vec::new(), unread });
        }
        for i in 0..archive.len().min(FILES_MAX) {
            let key = i.to_le_bytes().to_vec();
            let entry = match archive.by_index_raw(i) {
                Ok(file) if file.is_dir() => continue,
                Ok(file) => {
                    // As bytes: a name says nothing to the file system here, but would to a terminal.
                    let name =
                        file.name().map_or_else(|_| name_of(file.name_raw()), |n| name_of(n.as_bytes()));
                    let unread = if file.encrypted() {
                        Some(Unread::new(Reason::Encrypted, ""))
                    } else if file.size() > 64 << 20 && file.size() / file.compressed_size().max(1) > 400 {
                        Some(Unread::new(
                            Reason::Bomb,
                            format!("{} bytes in {}", file.size(), file.compressed_size()),
                        ))
                    } else {
                        None
                    };
                    Entry { name, size: file.size(), key, unread }
                }
                Err(e) => Entry {
                    name: format!("entry {i}"),
                    size: 0,
                    key,
                    unread: Some(Unread::new(Reason::Broken, e.to_string())),
                },
            };
            out.push(entry);
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    fn bytes(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Unread> {
        let broken = |e: String| Unread::new(Reason::Broken, e);
        let index = <[u8; 8]>::try_from(entry.key.as_slice())
            .map(usize::from_le_bytes)
            .map_err(|_| broken("no such entry".to_owned()))?;
        let mut archive = self.archive.lock().map_err(|_| broken("its directory is broken".to_owned()))?;
        let file = archive.by_index(index).map_err(|e| broken(e.to_string()))?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| broken(e.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(Unread::new(Reason::TooLarge, format!("more than {limit} bytes")));
        }
        Ok(bytes)
    }
}

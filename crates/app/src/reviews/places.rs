//! Where the documents of a review are: folder, zip, git revision, Google Drive, SharePoint.

use super::cloud::{Drive, SharePoint};
use crate::error::{Error, Result};
use extract::{Entry, Folder, Reason, Source, SourceError, Unread, Zip};
use git::{ObjectId, Repository};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What to review.
#[derive(Debug)]
pub enum Place {
    /// A folder; also a mounted or synchronised drive.
    Folder(PathBuf),
    /// A zip.
    Zip(PathBuf),
    /// A repository at a revision.
    Git {
        /// Its folder, or one inside of it: then only what lies below that.
        repository: PathBuf,
        /// The revision.
        revision: String,
    },
    /// A folder of Google Drive.
    Drive(Drive),
    /// A document library of SharePoint or OneDrive.
    SharePoint(SharePoint),
}

impl Place {
    /// A folder, or a zip by its name and first bytes.
    ///
    /// # Errors
    /// When there is neither.
    pub fn of_path(path: &Path) -> Result<Place> {
        let about = std::fs::metadata(path).map_err(|e| {
            Error::refused(format!("{} cannot be reviewed: {e}", path.display()))
                .hint("name a folder or a zip")
        })?;
        Ok(if about.is_dir() { Place::Folder(path.to_owned()) } else { Place::Zip(path.to_owned()) })
    }

    /// The folder on this machine, where it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Place::Folder(path) => Some(path),
            _ => None,
        }
    }

    pub(crate) fn open(&self) -> Result<Box<dyn Source + '_>> {
        let failed = |e: SourceError| Error::environment(e.to_string());
        Ok(match self {
            Place::Folder(path) => Box::new(Folder::open(path).map_err(failed)?),
            Place::Zip(path) => Box::new(Zip::open(path).map_err(failed)?),
            Place::Git { repository, revision } => Box::new(Revision::open(repository, revision)?),
            Place::Drive(drive) => Box::new(drive),
            Place::SharePoint(library) => Box::new(library),
        })
    }
}

/// The files of a commit, never checked out.
struct Revision {
    title: String,
    repository: Mutex<Repository>,
    entries: Vec<Entry>,
}

impl Revision {
    fn open(path: &Path, revision: &str) -> Result<Revision> {
        let failed = |e: git::Error| {
            Error::refused(format!("{} at `{revision}` cannot be read", path.display())).because(e)
        };
        let repository = Repository::discover(path).map_err(failed)?;
        let commit = repository.resolve(revision).map_err(failed)?;
        let mut entries = Vec::new();
        let below = below(&repository, path);
        let under: Vec<&str> = below.iter().map(String::as_str).collect();
        for entry in repository.entries(commit, &under).map_err(failed)? {
            let unread = match entry.mode {
                git::Mode::File | git::Mode::Executable => None,
                _ => Some(Unread::new(Reason::NotAFile, "a link or a submodule")),
            };
            let name = entry.path.to_string();
            entries.push(Entry { name, size: 0, key: entry.id.to_string().into_bytes(), unread });
        }
        if let (true, Some(folder)) = (entries.is_empty(), &below) {
            return Err(Error::refused(format!("`{revision}` has no folder `{folder}`"))
                .hint("name the repository's own folder, or a revision that has it"));
        }
        let title = format!("{} at {commit}", path.display());
        Ok(Revision { title, repository: Mutex::new(repository), entries })
    }
}

/// The folder of a repository that a path names, where it is not the repository itself.
fn below(repository: &Repository, path: &Path) -> Option<String> {
    let top = repository.work_tree().ok()?.canonicalize().ok()?;
    let relative = path.canonicalize().ok()?.strip_prefix(top).ok()?.to_str()?.to_owned();
    // Inside of `.git` people mean the repository.
    (!relative.is_empty() && !relative.starts_with(".git")).then_some(relative)
}

impl Source for Revision {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn entries(&self) -> std::result::Result<Vec<Entry>, SourceError> {
        Ok(self.entries.clone())
    }

    fn bytes(&self, entry: &Entry, limit: u64) -> std::result::Result<Vec<u8>, Unread> {
        let broken = |e: String| Unread::new(Reason::Broken, e);
        let text = std::str::from_utf8(&entry.key).map_err(|e| broken(e.to_string()))?;
        let id: ObjectId = text.parse().map_err(|_| broken("no object id".to_owned()))?;
        let repository =
            self.repository.lock().map_err(|_| broken("the repository is not readable".to_owned()))?;
        let bytes = repository.read(id).map_err(|e| broken(e.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(Unread::new(
                Reason::TooLarge,
                format!("{} bytes, the limit is {limit}", bytes.len()),
            ));
        }
        Ok(bytes)
    }
}

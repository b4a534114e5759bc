//! The world that a template sees: the files of the job, the fonts, the date. Nothing else.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts::FONTS;
use crate::{DocumentDate, Job, TypesetError};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// One job as typst's `World`.
pub(crate) struct JobWorld {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    date: DocumentDate,
}

impl JobWorld {
    /// The world of `job` with `data` at `/data.json`.
    pub(crate) fn new(job: &Job<'_>, data: Vec<u8>) -> Result<JobWorld, TypesetError> {
        let main = file_id(job.main)?;
        let mut world = JobWorld { main, sources: HashMap::new(), files: HashMap::new(), date: job.date };
        for file in job.files {
            let id = file_id(file.path)?;
            if file.path.ends_with(".typ")
                && let Ok(text) = std::str::from_utf8(&file.bytes)
            {
                world.sources.insert(id, Source::new(id, text.to_owned()));
            }
            world.files.insert(id, Bytes::new(file.bytes.to_vec()));
        }
        world.files.insert(file_id("data.json")?, Bytes::new(data));
        if !world.sources.contains_key(&main) {
            return Err(TypesetError::NoMain(job.main.to_owned()));
        }
        Ok(world)
    }
}

fn file_id(path: &str) -> Result<FileId, TypesetError> {
    let virtual_path = VirtualPath::new(path)
        .map_err(|error| TypesetError::Path { path: path.to_owned(), reason: error.to_string() })?;
    Ok(RootedPath::new(VirtualRoot::Project, virtual_path).intern())
}

impl World for JobWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, offset: Option<Duration>) -> Option<Datetime> {
        let DocumentDate { year, month, day } = self.date;
        // The stated date has no hour, so that it cannot be moved to another time zone.
        offset.is_none().then(|| Datetime::from_ymd(year, month, day)).flatten()
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

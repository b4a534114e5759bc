//! Writing a tree to a directory so that it is the same wherever and whenever it is written: modes 755 and 644 whatever
//! the umask, one fixed time for all files, and nothing written through a link.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::EnvironmentError;
use crate::error::io as io_error;

/// The time of every unpacked file: 1980-01-02, in seconds since 1970. Some formats (zip) know nothing earlier than 1980.
const TIME_S: u64 = 315_619_200;

/// A tree that is being written. Paths are relative, without `..` (see [`crate::layout::parts`]).
pub(crate) struct Unpacking<'a> {
    root: &'a Path,
    directories: BTreeSet<Vec<u8>>,
    links: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl<'a> Unpacking<'a> {
    /// Starts in `root`, which must be empty or absent.
    pub(crate) fn new(root: &'a Path) -> Result<Unpacking<'a>, EnvironmentError> {
        make_empty(root)?;
        Ok(Unpacking { root, directories: BTreeSet::new(), links: BTreeMap::new() })
    }

    fn place(&self, path: &[u8]) -> PathBuf {
        self.root.join(OsStr::from_bytes(path))
    }

    /// Makes a directory and those above it.
    pub(crate) fn directory(&mut self, path: &[u8]) -> Result<(), EnvironmentError> {
        let ends = path.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let part = path.get(..end).unwrap_or(path);
            if !part.is_empty() && !self.directories.contains(part) {
                let place = self.place(part);
                fs::create_dir(&place).map_err(io_error("making the directory", &place))?;
                self.directories.insert(part.to_vec());
            }
        }
        Ok(())
    }

    /// Writes a file.
    pub(crate) fn file(
        &mut self,
        path: &[u8],
        executable: bool,
        content: &mut dyn Read,
    ) -> Result<(), EnvironmentError> {
        self.directory_above(path)?;
        let place = self.place(path);
        let mut write = || {
            let mut file = fs::File::create_new(&place)?;
            io::copy(content, &mut file)?;
            file.set_permissions(fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
            set_time(&file)
        };
        write().map_err(io_error("writing", &place))
    }

    /// Remembers a link. It is made at the end: no link exists while files are written.
    pub(crate) fn link(&mut self, path: &[u8], target: &[u8]) -> Result<(), EnvironmentError> {
        self.directory_above(path)?;
        match self.links.insert(path.to_vec(), target.to_vec()) {
            None => Ok(()),
            Some(_) => {
                Err(io_error("making the link", &self.place(path))(io::ErrorKind::AlreadyExists.into()))
            }
        }
    }

    fn directory_above(&mut self, path: &[u8]) -> Result<(), EnvironmentError> {
        let above = path.iter().rposition(|b| *b == b'/').and_then(|at| path.get(..at));
        above.map_or(Ok(()), |above| self.directory(above))
    }

    /// Makes the links and sets the directories' modes and times. A link in the place of a directory, which another
    /// entry lies in, fails as any name that is taken.
    pub(crate) fn finish(self) -> Result<(), EnvironmentError> {
        for (path, target) in &self.links {
            let place = self.place(path);
            symlink(OsStr::from_bytes(target), &place).map_err(io_error("making the link", &place))?;
        }
        // Those inside come first, as a directory's time changes with what is made in it.
        for path in self.directories.iter().rev() {
            let place = self.place(path);
            let settle = || {
                let directory = fs::File::open(&place)?;
                directory.set_permissions(fs::Permissions::from_mode(0o755))?;
                set_time(&directory)
            };
            settle().map_err(io_error("setting the time of", &place))?;
        }
        Ok(())
    }
}

fn set_time(file: &fs::File) -> io::Result<()> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(TIME_S);
    file.set_times(fs::FileTimes::new().set_modified(time).set_accessed(time))
}

/// Makes `directory`, or finds it empty.
pub(crate) fn make_empty(directory: &Path) -> Result<(), EnvironmentError> {
    fs::create_dir_all(directory).map_err(io_error("making the directory", directory))?;
    match fs::read_dir(directory).map_err(io_error("listing", directory))?.next() {
        None => Ok(()),
        Some(_) => Err(io_error("writing into", directory)(io::ErrorKind::DirectoryNotEmpty.into())),
    }
}

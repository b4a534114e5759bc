//! The copy of the source that a build may write to.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use globset::GlobSet;

use crate::BuildError;
use crate::error::build_io;

/// Copies what `wanted` matches (everything, if `None`) from `source` to the empty directory `to`: modes 644 and 755,
/// links as links, all times set to `epoch` (seconds since 1970), so that neither the checkout's times nor its modes
/// can reach an output.
pub(crate) fn copy(source: &Path, to: &Path, wanted: Option<&GlobSet>, epoch: i64) -> Result<(), BuildError> {
    let time = u64::try_from(epoch)
        .map_or(SystemTime::UNIX_EPOCH, |s| SystemTime::UNIX_EPOCH + Duration::from_secs(s));
    let mut directories = vec![PathBuf::new()];
    let mut next = 0;
    while let Some(relative) = directories.get(next).cloned() {
        next += 1;
        let here = source.join(&relative);
        for entry in fs::read_dir(&here).map_err(build_io("listing", &here))? {
            let entry = entry.map_err(build_io("listing", &here))?;
            let path = relative.join(entry.file_name());
            let kind = entry.file_type().map_err(build_io("looking at", &entry.path()))?;
            if kind.is_dir() {
                directories.push(path);
            } else if wanted.is_none_or(|w| w.is_match(&path)) {
                copy_one(&entry.path(), &to.join(&path), kind.is_symlink(), time)
                    .map_err(build_io("copying", &path))?;
            } else {
                continue;
            }
        }
        if wanted.is_none() {
            let made = to.join(&relative);
            fs::create_dir_all(&made).map_err(build_io("making the directory", &made))?;
        }
    }
    // Children first: making a file changes its directory's time.
    for relative in directories.iter().rev() {
        let made = to.join(relative);
        if made.is_dir() {
            let mode = fs::set_permissions(&made, fs::Permissions::from_mode(0o755));
            mode.and_then(|()| set_time(&made, time)).map_err(build_io("setting the time of", &made))?;
        }
    }
    Ok(())
}

fn copy_one(from: &Path, to: &Path, link: bool, time: SystemTime) -> io::Result<()> {
    if let Some(above) = to.parent() {
        fs::create_dir_all(above)?;
    }
    if link {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    fs::copy(from, to)?;
    let executable = fs::metadata(from)?.permissions().mode() & 0o111 != 0;
    fs::set_permissions(to, fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
    set_time(to, time)
}

fn set_time(path: &Path, time: SystemTime) -> io::Result<()> {
    fs::File::open(path)?.set_times(fs::FileTimes::new().set_modified(time).set_accessed(time))
}

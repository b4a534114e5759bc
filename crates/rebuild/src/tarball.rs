//! Reading tars that others made: the archived environment, root file systems, image layers.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::digest::Hashing;
use crate::error::io as io_error;
use crate::layout::parts;
use crate::unpacking::Unpacking;
use crate::{Content, EnvironmentError, Layout, Node};

/// A tar with more entries is refused.
const ENTRIES_MAX: usize = 5_000_000;
/// A tar that unpacks to more bytes is refused.
const BYTES_MAX: u64 = 200 << 30;

/// Unpacks a tar as [`Layout::write_tar`] makes it into `directory`, which must be empty or absent, and returns the
/// tar's digest. It need not be one of ours: entries that are not files, directories or links, paths that leave the
/// directory, and files below links are refused.
pub fn unpack_environment(from: &mut dyn Read, directory: &Path) -> Result<String, EnvironmentError> {
    let mut tree = Unpacking::new(directory)?;
    let mut hashing = Hashing::new(from);
    {
        let mut tar = tar::Archive::new(&mut hashing);
        for entry in entries(&mut tar)? {
            let mut entry = entry?;
            let path = entry.path_bytes().into_owned();
            let malformed = |why: &str| malformed(&path, why);
            let path = parts(&path).ok_or_else(|| malformed("its path leads out of the tree"))?.join(&b'/');
            match entry.header().entry_type() {
                tar::EntryType::Directory => tree.directory(&path)?,
                tar::EntryType::Regular => {
                    let executable = entry.header().mode().unwrap_or(0) & 0o111 != 0;
                    tree.file(&path, executable, &mut entry)?;
                }
                tar::EntryType::Symlink => {
                    let target =
                        entry.link_name_bytes().ok_or_else(|| malformed("it is a link to nothing"))?;
                    tree.link(&path, &target)?;
                }
                _ => return Err(malformed("it is neither a file nor a directory nor a link")),
            }
        }
    }
    tree.finish()?;
    io::copy(&mut hashing, &mut io::sink())
        .map_err(io_error("reading", Path::new("the environment's tar")))?;
    Ok(hashing.finish().0)
}

/// Adds the tar `from` to `layout` as a layer of an image (whiteouts included). File contents go to numbered files in
/// `spool`, whatever the entries are called, so that no entry can write anywhere else. Devices, pipes and sockets are
/// left out.
pub(crate) fn add_layer(
    layout: &mut Layout,
    from: &mut dyn Read,
    spool: &Path,
    number: &mut usize,
) -> Result<(), EnvironmentError> {
    let mut bytes_left = BYTES_MAX;
    let mut tar = tar::Archive::new(from);
    for entry in entries(&mut tar)? {
        let mut entry = entry?;
        let path = entry.path_bytes().into_owned();
        if path.split(|b| *b == b'/').all(|p| p.is_empty() || p == b".") {
            continue;
        }
        let parts = parts(&path).ok_or_else(|| malformed(&path, "its path leads out of the tree"))?;
        let path = parts.join(&b'/');
        if whiteout(layout, &parts) {
            continue;
        }
        match entry.header().entry_type() {
            tar::EntryType::Directory => layout.put(&path, Node::Directory)?,
            tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
                *number += 1;
                let host = spool.join(number.to_string());
                let executable = entry.header().mode().unwrap_or(0) & 0o111 != 0;
                let mut file = fs::File::create_new(&host).map_err(io_error("writing", &host))?;
                let written = io::copy(&mut (&mut entry).take(bytes_left), &mut file);
                let written = written.map_err(io_error("writing", &host))?;
                bytes_left -= written;
                if bytes_left == 0 {
                    return Err(malformed(&path, "the tar holds too many bytes"));
                }
                layout.put(&path, Node::File { content: Content::Host(host), executable })?;
            }
            tar::EntryType::Symlink => {
                let target =
                    entry.link_name_bytes().ok_or_else(|| malformed(&path, "it is a link to nothing"))?;
                layout.put(&path, Node::Link(target.into_owned()))?;
            }
            tar::EntryType::Link => {
                let target = entry.link_name_bytes().unwrap_or_default().into_owned();
                let found = layout.find(&target).cloned();
                let found =
                    found.ok_or_else(|| malformed(&path, "it is a hard link to a file that is not there"))?;
                layout.put(&path, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The entries of a tar, at most so many, with errors that name the place.
fn entries<'t, R: Read>(
    tar: &'t mut tar::Archive<R>,
) -> Result<impl Iterator<Item = Result<tar::Entry<'t, R>, EnvironmentError>>, EnvironmentError> {
    let broken =
        |e: &io::Error| EnvironmentError::Malformed { what: "the tar".to_owned(), why: e.to_string() };
    let entries = tar.entries().map_err(|e| broken(&e))?.enumerate();
    Ok(entries.map(move |(n, entry)| {
        if n >= ENTRIES_MAX {
            return Err(malformed(b"tar", "it has too many entries"));
        }
        entry.map_err(|e| EnvironmentError::Malformed {
            what: format!("entry {n} of the tar"),
            why: e.to_string(),
        })
    }))
}

/// Obeys a whiteout (OCI image layer specification): `.wh.NAME` removes NAME, `.wh..wh..opq` all beside it.
fn whiteout(layout: &mut Layout, parts: &[&[u8]]) -> bool {
    let Some((name, above)) = parts.split_last() else { return false };
    let Some(hidden) = name.strip_prefix(b".wh.") else { return false };
    if hidden == b".wh..opq" {
        layout.clear(&above.join(&b'/'));
    } else if !hidden.starts_with(b".wh.") {
        let mut path = above.to_vec();
        path.push(hidden);
        layout.remove(&path.join(&b'/'));
    }
    true
}

/// Reads what `from` holds: plain, gzip or zstd, told by its first bytes.
pub(crate) fn decompressed<'r>(from: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut from = BufReader::with_capacity(1 << 16, from);
    let head = from.fill_buf()?;
    Ok(if head.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(from))
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(zstd::stream::read::Decoder::with_buffer(from)?)
    } else {
        Box::new(from)
    })
}

fn malformed(path: &[u8], why: &str) -> EnvironmentError {
    EnvironmentError::Malformed { what: format!("`{}`", String::from_utf8_lossy(path)), why: why.to_owned() }
}

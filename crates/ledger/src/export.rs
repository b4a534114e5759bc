//! The ledger as files that any C2SP tool reads: `checkpoint`, `tile/…` and `tile/entries/…`; and their verification.
//!
//! Writer and verifier see files by name and content only, so that the same code serves a directory, an archive and
//! tests that tamper.

use crate::checkpoint::SignedCheckpoint;
use crate::entry::ENTRY_BYTES_MAX;
use crate::merkle;
use crate::store::{LedgerStore, StoreError};
use crate::tile::{
    TILE_HEIGHT, TILE_WIDTH, TileError, TilePath, decode_bundle, decode_tile, encode_bundle, encode_tile,
};
use crate::verify::{Anchors, Verifier, VerifyReport};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// The name of the checkpoint's file.
pub const CHECKPOINT_FILE: &str = "checkpoint";
/// No file of an export is longer: a full bundle of the largest entries.
const FILE_BYTES_MAX: usize = TILE_WIDTH as usize * (2 + ENTRY_BYTES_MAX);

/// Why an export could not be written or read. What is *in* it is reported as problems, never as an error.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry does not fit into a bundle.
    #[error("the entries cannot be bundled")]
    Tile(#[from] TileError),
    /// A file could not be written or read.
    #[error("`{path}` could not be {operation}")]
    Io {
        /// `written`, `read`, `listed`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder to write into has something in it.
    #[error("`{0}` is not empty; export into a new folder")]
    NotEmpty(PathBuf),
    /// The checkpoint is not one of the entries in the store.
    #[error("the checkpoint's root is not that of the store's first {0} entries")]
    OtherRoot(u64),
}

/// Takes a file of an export: its name, with `/` between the parts, and its bytes.
pub type WriteFile<'a> = dyn FnMut(&str, &[u8]) -> Result<(), ExportError> + 'a;

/// Writes the first entries of `store`, as many as `checkpoint` covers, through `write(name, bytes)`.
pub fn export_files(
    store: &dyn LedgerStore,
    checkpoint: &SignedCheckpoint,
    write: &mut WriteFile<'_>,
) -> Result<(), ExportError> {
    let size = checkpoint.checkpoint.size;
    if merkle::root(size, |level, index| store.subtree(level, index))? != checkpoint.checkpoint.root {
        return Err(ExportError::OtherRoot(size));
    }
    for path in TilePath::all(size) {
        let range = path.first()..path.first() + path.width;
        let bytes = match path.level {
            None => {
                let mut entries = Vec::new();
                store.read(range, &mut |_, bytes| entries.push(bytes.to_vec()))?;
                encode_bundle(entries.iter().map(Vec::as_slice))?
            }
            Some(level) => {
                let hashes = range.map(|index| store.subtree(level * TILE_HEIGHT, index));
                encode_tile(&hashes.collect::<Result<Vec<_>, _>>()?)
            }
        };
        write(&path.to_string(), &bytes)?;
    }
    // Last, so that an export that broke off has no checkpoint.
    write(CHECKPOINT_FILE, checkpoint.to_string().as_bytes())
}

/// Writes an export into a new or empty folder.
pub fn export(store: &dyn LedgerStore, checkpoint: &SignedCheckpoint, dir: &Path) -> Result<(), ExportError> {
    let failed =
        |path: &Path, source| ExportError::Io { operation: "written", path: path.to_owned(), source };
    fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
    if fs::read_dir(dir).map_err(|e| failed(dir, e))?.next().is_some() {
        return Err(ExportError::NotEmpty(dir.to_owned()));
    }
    export_files(store, checkpoint, &mut |name, bytes| {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
        }
        fs::write(&path, bytes).map_err(|e| failed(&path, e))
    })
}

/// An export as the verifier sees it.
pub trait ExportFiles {
    /// All files that are there, by their names relative to the export with `/` between the parts.
    fn names(&self) -> Result<BTreeSet<String>, ExportError>;

    /// The bytes of a file, `None` where there is none.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError>;
}

/// An export in a folder.
#[derive(Debug)]
pub struct ExportDir<'a>(pub &'a Path);

impl ExportFiles for ExportDir<'_> {
    fn names(&self) -> Result<BTreeSet<String>, ExportError> {
        let (mut names, mut dirs) = (BTreeSet::new(), vec![(self.0.to_owned(), String::new())]);
        while let Some((dir, prefix)) = dirs.pop() {
            let failed = |source| ExportError::Io { operation: "listed", path: dir.clone(), source };
            for item in fs::read_dir(&dir).map_err(failed)? {
                let item = item.map_err(failed)?;
                let name = format!("{prefix}{}", item.file_name().to_string_lossy());
                // A link is a file that nothing accounts for, never a way out of the folder.
                if item.file_type().map_err(failed)?.is_dir() {
                    dirs.push((item.path(), format!("{name}/")));
                } else {
                    names.insert(name);
                }
            }
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError> {
        let path = self.0.join(name);
        match read_at_most(&path, FILE_BYTES_MAX + 1) {
            Ok(bytes) => Ok(bytes),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ExportError::Io { operation: "read", path, source }),
        }
    }
}

/// The first bytes of a regular file; one byte more than any file of an export has is enough to see that it is none.
/// Anything but a regular file (a link, a pipe) is no file of an export.
fn read_at_most(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Verifies an export in a folder.
pub fn verify_export(dir: &Path, anchors: &Anchors<'_>) -> Result<VerifyReport, ExportError> {
    verify_files(&ExportDir(dir), anchors)
}

/// Verifies an export: every file, every entry, every hash. A file that is missing, malformed or too many is a problem.
pub fn verify_files(files: &dyn ExportFiles, anchors: &Anchors<'_>) -> Result<VerifyReport, ExportError> {
    let names = files.names()?;
    let checkpoint = files.read(CHECKPOINT_FILE)?;
    let mut verifier = Verifier::new(checkpoint.as_deref(), anchors);
    if checkpoint.is_none() {
        verifier.file_problem("L040", CHECKPOINT_FILE, None, "the file `checkpoint` is missing".to_owned());
    }
    // The checkpoint says which files there must be; where it cannot, the names that are there do.
    let size = verifier.checkpoint_size().unwrap_or_else(|| size_by_names(&names));
    let wanted = wanted_files(size, &names);
    for name in names.iter().filter(|n| *n != CHECKPOINT_FILE && !wanted.iter().any(|w| w.to_string() == **n))
    {
        let message = format!("nothing accounts for the file `{}`", name.escape_debug());
        verifier.file_problem("L042", name, None, message);
    }
    let recorded = read_tiles(files, &wanted, &mut verifier)?;
    if let Some(root) = recorded.root(size) {
        verifier.recorded_root(root);
    }
    for path in wanted.iter().filter(|p| p.level.is_none()) {
        read_bundle(files, path, &recorded, &mut verifier)?;
    }
    Ok(verifier.finish())
}

/// All files that a log of this size has. A size far beyond what is there is not spelled out: the first missing files
/// tell enough.
fn wanted_files(size: u64, names: &BTreeSet<String>) -> Vec<TilePath> {
    const BEYOND: u64 = 16;
    let there = (names.len() as u64 + BEYOND) * TILE_WIDTH;
    TilePath::all(size.min(there))
}

/// How many entries the names of the bundles speak of.
fn size_by_names(names: &BTreeSet<String>) -> u64 {
    let mut size = 0;
    loop {
        let index = size / TILE_WIDTH;
        let full = TilePath { level: None, index, width: TILE_WIDTH };
        if names.contains(&full.to_string()) {
            size += TILE_WIDTH;
            continue;
        }
        let partial = |width: &u64| names.contains(&TilePath { width: *width, ..full }.to_string());
        return size + (1..TILE_WIDTH).rev().find(partial).unwrap_or(0);
    }
}

/// The hashes of all tiles, by level; `None` where a tile is missing or malformed.
struct Recorded(Vec<Vec<Option<Digest>>>);

impl Recorded {
    fn hash(&self, level: u8, index: u64) -> Option<Digest> {
        *self.0.get(usize::from(level))?.get(usize::try_from(index).ok()?)?
    }

    /// The hash of a complete subtree, computed from the tile that holds its leaves or inner nodes.
    fn subtree(&self, level: u8, index: u64) -> Option<Digest> {
        self.hash_above(level / TILE_HEIGHT, level % TILE_HEIGHT, index)
    }

    /// The hash over the full tile `index` one level below `level`.
    fn subtree_below(&self, level: u8, index: u64) -> Option<Digest> {
        self.hash_above(level.checked_sub(1)?, TILE_HEIGHT, index)
    }

    /// The hash `index` at so many levels of the tree above the hashes of a level of tiles.
    fn hash_above(&self, tile: u8, level: u8, index: u64) -> Option<Digest> {
        match level {
            0 => self.hash(tile, index),
            _ => Some(merkle::node_hash(
                &self.hash_above(tile, level - 1, index * 2)?,
                &self.hash_above(tile, level - 1, index * 2 + 1)?,
            )),
        }
    }

    fn root(&self, size: u64) -> Option<Digest> {
        merkle::root(size, |level, index| self.subtree(level, index).ok_or(())).ok()
    }
}

fn read_tiles(
    files: &dyn ExportFiles,
    wanted: &[TilePath],
    verifier: &mut Verifier<'_>,
) -> Result<Recorded, ExportError> {
    let mut recorded = Recorded(Vec::new());
    for path in wanted {
        let Some(level) = path.level else { continue };
        let name = path.to_string();
        let hashes = match files.read(&name)? {
            None => {
                verifier.file_problem("L040", &name, None, format!("the file `{name}` is missing"));
                None
            }
            Some(bytes) => decode_tile(&bytes, path.width)
                .map_err(|e| verifier.file_problem("L041", &name, None, format!("`{name}` is damaged: {e}")))
                .ok(),
        };
        if recorded.0.len() <= usize::from(level) {
            recorded.0.push(Vec::new());
        }
        if let Some(row) = recorded.0.last_mut() {
            match hashes {
                Some(hashes) => row.extend(hashes.into_iter().map(Some)),
                None => row.extend((0..path.width).map(|_| None)),
            }
        }
        if level > 0 {
            check_against_below(path, &recorded, verifier);
        }
    }
    Ok(recorded)
}

/// Checks that each hash of a tile above is that of the full tile below it.
fn check_against_below(path: &TilePath, recorded: &Recorded, verifier: &mut Verifier<'_>) {
    let (Some(level), name) = (path.level, path.to_string()) else { return };
    for index in path.first()..path.first() + path.width {
        let below = recorded.subtree_below(level, index);
        let (Some(here), Some(below)) = (recorded.hash(level, index), below) else { continue };
        if here != below {
            let under = TilePath { level: level.checked_sub(1), index, width: TILE_WIDTH };
            let message =
                format!("hash {} of `{name}` is not that of the tile `{under}`", index % TILE_WIDTH);
            verifier.file_problem("L007", &name, None, message);
        }
    }
}

fn read_bundle(
    files: &dyn ExportFiles,
    path: &TilePath,
    recorded: &Recorded,
    verifier: &mut Verifier<'_>,
) -> Result<(), ExportError> {
    let (name, first) = (path.to_string(), path.first());
    let Some(bytes) = files.read(&name)? else {
        verifier.file_problem("L040", &name, Some(first), format!("the file `{name}` is missing"));
        return Ok(());
    };
    let (entries, wrong) = decode_bundle(&bytes, path.width);
    let read = entries.len() as u64;
    for entry in entries {
        verifier.entry(entry, |s| if s.level == 0 { recorded.hash(0, s.index) } else { None });
    }
    if let Some(wrong) = wrong {
        let message = format!("`{name}` is damaged: {wrong}");
        verifier.file_problem("L041", &name, Some(first + read), message);
    }
    Ok(())
}

/// The entries of an export, in order, without any check but that the files can be read. Verify it first.
pub fn read_entries(files: &dyn ExportFiles) -> Result<Vec<Vec<u8>>, ExportError> {
    let names = files.names()?;
    let mut out = Vec::new();
    for path in TilePath::all(size_by_names(&names)).iter().filter(|p| p.level.is_none()) {
        let bytes = files.read(&path.to_string())?.unwrap_or_default();
        let (entries, wrong) = decode_bundle(&bytes, path.width);
        if let Some(wrong) = wrong {
            return Err(wrong.into());
        }
        out.extend(entries.into_iter().map(<[u8]>::to_vec));
    }
    Ok(out)
}

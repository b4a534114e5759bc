//! Staging: where a release is collected before it is sealed. It lies inside the archive, so on its file system.
//!
//! ```text
//! staging/NAME.partial/blobs/<digest>    being collected; swept at the next start where its process died
//! staging/NAME/blobs/<digest>            complete: stage.json lists every layer, and everything is on the disk
//! staging/NAME/stage.json                its SHA-256 is the stage's digest
//! staging/NAME/seal.json                 only while a seal is being written
//! ```

use crate::blob_store::{BlobReader, BlobStore, StoreError, io_error};
use crate::disk::{digest_copy, settle, sync_file_system, sync_folder};
use crate::layer::{Layer, LayerName, LayerNameError, media};
use crate::tree_index::{IndexError, PackRef};
use crate::tree_writer::{KnownChunks, TreeSource, write_tree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use vocabulary::{Digest, canonical};

const STAGE: &str = "stage.json";
const STAGE_FORMAT: &str = "dossier/stage/v1";

/// Why something could not be staged.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The disk or the store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The name of a layer is not one.
    #[error(transparent)]
    Name(#[from] LayerNameError),
    /// The name of a stage is not one.
    #[error("`{0}` is no name of a stage: letters, digits, `.`, `_`, `+`, `-`, not beginning with a dot")]
    StageName(String),
    /// Two layers with one name.
    #[error("the stage has a layer `{0}` already")]
    Twice(LayerName),
    /// A stage of this name is there, complete.
    #[error("there is a stage `{0}` already: seal it, or discard it first")]
    Exists(String),
    /// No such stage.
    #[error("there is no complete stage `{0}`")]
    Absent(String),
    /// A stage without layers, or a tree without files.
    #[error("{0} is empty, and nothing is archived as an empty place")]
    Empty(String),
    /// Something in the tree that cannot be archived.
    #[error("{} cannot be archived: {reason}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file was written to meanwhile.
    #[error("{} changed while it was read; repeat when nothing writes to it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// `stage.json` or a staged blob is not what it was.
    #[error("stage `{stage}` is damaged: {reason}; discard it and stage again")]
    Damaged {
        /// The stage.
        stage: String,
        /// What is wrong.
        reason: String,
    },
    /// The index of an earlier tree cannot be read.
    #[error("the index of tree `{tree}` cannot be read")]
    Index {
        /// The tree.
        tree: String,
        /// Where and why.
        source: IndexError,
    },
    /// A compressing thread ended without a result; never seen.
    #[error("a part of the tree was lost between threads")]
    Lost,
}

/// A stage that is being collected. Dropped without [`Staging::finish`], it leaves nothing.
#[derive(Debug)]
pub struct Staging {
    root: PathBuf,
    name: String,
    layers: BTreeMap<LayerName, Layer>,
    known: KnownChunks,
    finished: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageFile {
    format: String,
    layers: Vec<Layer>,
}

/// A complete stage: immutable, named by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    name: String,
    dir: PathBuf,
    digest: Digest,
    layers: Vec<Layer>,
}

impl Staging {
    /// Begins the stage `name` in the folder `root`; `known` are the chunks that are in the archive already.
    pub(crate) fn begin(root: &Path, name: &str, known: KnownChunks) -> Result<Staging, StageError> {
        check_name(name)?;
        if root.join(name).exists() {
            return Err(StageError::Exists(name.to_owned()));
        }
        let staging = Staging {
            root: root.to_owned(),
            name: name.to_owned(),
            layers: BTreeMap::new(),
            known,
            finished: false,
        };
        let partial = staging.partial();
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(io_error(format!("remove {}", partial.display())))?;
        }
        let blobs = staging.blobs();
        fs::create_dir_all(&blobs).map_err(io_error(format!("make the folder {}", blobs.display())))?;
        Ok(staging)
    }

    fn partial(&self) -> PathBuf {
        self.root.join(format!("{}.partial", self.name))
    }

    fn blobs(&self) -> PathBuf {
        self.partial().join("blobs")
    }

    fn add(&mut self, layer: Layer) -> Result<(), StageError> {
        if self.layers.contains_key(&layer.name) {
            return Err(StageError::Twice(layer.name));
        }
        self.layers.insert(layer.name.clone(), layer);
        Ok(())
    }

    /// Stages one plain layer from a reader.
    ///
    /// # Errors
    /// When it cannot be read or written, or the name is taken or is none.
    pub fn put(&mut self, name: &str, media_type: &str, content: &mut dyn Read) -> Result<Layer, StageError> {
        let name: LayerName = name.parse()?;
        if self.layers.contains_key(&name) {
            return Err(StageError::Twice(name));
        }
        let partial = self.blobs().join("layer.partial");
        let doing = || io_error(format!("stage {name}"));
        let mut file = File::create(&partial).map_err(doing())?;
        let (digest, size) = digest_copy(content, &mut file).map_err(doing())?;
        settle(&file, &partial)?;
        fs::rename(&partial, self.blobs().join(digest.to_string())).map_err(doing())?;
        let layer = Layer { name, media_type: media_type.to_owned(), digest, size };
        self.add(layer.clone())?;
        Ok(layer)
    }

    /// Stages bytes as one plain layer. Errors as [`Staging::put`].
    pub fn put_bytes(&mut self, name: &str, media_type: &str, mut bytes: &[u8]) -> Result<Layer, StageError> {
        self.put(name, media_type, &mut bytes)
    }

    /// Stages a file as one plain layer. Errors as [`Staging::put`].
    pub fn put_file(&mut self, name: &str, media_type: &str, path: &Path) -> Result<Layer, StageError> {
        let mut file = File::open(path).map_err(io_error(format!("open {}", path.display())))?;
        self.put(name, media_type, &mut file)
    }

    /// Stages a folder as the tree `tree`: chunked, compressed, without what earlier releases hold already. Returns the
    /// layer of its index, `trees/TREE`.
    ///
    /// Permission bits are kept, times and owners are not, so that the same files give the same bytes.
    ///
    /// # Errors
    /// Also for a folder without files, for anything but files, folders and links, for links that leave the folder, and
    /// for files that change while they are read.
    pub fn put_tree(&mut self, tree: &str, folder: &Path) -> Result<Layer, StageError> {
        self.tree(tree, TreeSource::Folder(folder))
    }

    /// Stages files given as relative path and bytes as the tree `tree`. Errors as [`Staging::put_tree`].
    pub fn put_tree_files(&mut self, tree: &str, files: &[(String, Vec<u8>)]) -> Result<Layer, StageError> {
        self.tree(tree, TreeSource::Files(files))
    }

    fn tree(&mut self, tree: &str, source: TreeSource<'_>) -> Result<Layer, StageError> {
        let name: LayerName = format!("trees/{tree}").parse()?;
        if self.layers.contains_key(&name) {
            return Err(StageError::Twice(name));
        }
        let (index, new) = write_tree(source, &self.blobs(), &mut self.known)?;
        if index.totals().0 == 0 {
            return Err(StageError::Empty(format!("the tree `{tree}`")));
        }
        debug_assert!(new.iter().all(|p| index.packs.contains(p)), "every new pack is used");
        for pack in &index.packs {
            let layer = pack_layer(*pack)?;
            // The trees of one stage share packs.
            self.layers.entry(layer.name.clone()).or_insert(layer);
        }
        let bytes = index.to_bytes().map_err(io_error("compress the index of a tree"))?;
        self.put_bytes(name.as_str(), media::TREE_INDEX, &bytes)
    }

    /// Makes the stage complete: everything is on the disk when this returns.
    ///
    /// # Errors
    /// When it is empty or the disk refuses.
    pub fn finish(mut self) -> Result<Stage, StageError> {
        if self.layers.is_empty() {
            return Err(StageError::Empty(format!("the stage `{}`", self.name)));
        }
        let layers: Vec<Layer> = std::mem::take(&mut self.layers).into_values().collect();
        let file = StageFile { format: STAGE_FORMAT.to_owned(), layers };
        let bytes = canonical::to_vec(&file)
            .map_err(|e| StageError::Damaged { stage: self.name.clone(), reason: e.to_string() })?;
        let partial = self.partial();
        let path = partial.join(STAGE);
        fs::write(&path, &bytes).map_err(io_error(format!("write {}", path.display())))?;
        let written = File::open(&path).map_err(io_error(format!("open {}", path.display())))?;
        settle(&written, &path)?;
        sync_file_system(&partial)?;
        let dir = self.root.join(&self.name);
        fs::rename(&partial, &dir).map_err(io_error(format!("finish the stage {}", dir.display())))?;
        self.finished = true;
        sync_folder(&self.root)?;
        Ok(Stage { name: self.name.clone(), dir, digest: Digest::of(&bytes), layers: file.layers })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            // The next start sweeps what cannot be removed now.
            let _ = fs::remove_dir_all(self.partial());
        }
    }
}

impl Stage {
    /// Opens the complete stage `name` of the folder `root`.
    pub(crate) fn open(root: &Path, name: &str) -> Result<Stage, StageError> {
        check_name(name)?;
        let dir = root.join(name);
        let bytes = match fs::read(dir.join(STAGE)) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(StageError::Absent(name.to_owned()));
            }
            Err(e) => return Err(io_error(format!("read the stage {}", dir.display()))(e).into()),
        };
        let damaged = |reason: String| StageError::Damaged { stage: name.to_owned(), reason };
        let value = canonical::from_canonical(&bytes).map_err(|e| damaged(e.to_string()))?;
        let file: StageFile = serde_json::from_value(value).map_err(|e| damaged(e.to_string()))?;
        if file.format != STAGE_FORMAT || file.layers.is_empty() {
            return Err(damaged(format!("stage.json is no {STAGE_FORMAT} with layers")));
        }
        Ok(Stage { name: name.to_owned(), dir, digest: Digest::of(&bytes), layers: file.layers })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of `stage.json`, so of every layer's name, media type, size and digest.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its layers, in order of their names; packs of earlier releases that it uses are among them.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layer `name`.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|l| l.name.as_str() == name)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens a staged blob; packs of earlier releases are read from `store`.
    pub(crate) fn open_blob(&self, store: &dyn BlobStore, digest: Digest) -> Result<BlobReader, StoreError> {
        match File::open(self.blob_path(digest)) {
            Ok(file) => Ok(Box::new(file)),
            Err(_) => store.open(digest),
        }
    }

    /// Reads a part of a staged blob; packs of earlier releases are read from `store`.
    pub(crate) fn read_range(
        &self,
        store: &dyn BlobStore,
        digest: Digest,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let Ok(mut file) = File::open(self.blob_path(digest)) else {
            return store.read_range(digest, offset, length);
        };
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).map_err(io_error(
            format!("read {length} bytes at {offset} of the staged blob sha256:{digest}"),
        ))?;
        Ok(bytes)
    }

    /// Where a layer's blob lies while it is staged; a pack of an earlier release lies in the archive instead.
    pub fn blob_path(&self, digest: Digest) -> PathBuf {
        self.dir.join("blobs").join(digest.to_string())
    }
}

/// The layer of a pack.
pub(crate) fn pack_layer(pack: PackRef) -> Result<Layer, LayerNameError> {
    let name = format!("packs/{}", pack.digest).parse()?;
    Ok(Layer { name, media_type: media::PACK.to_owned(), digest: pack.digest, size: pack.size })
}

fn check_name(name: &str) -> Result<(), StageError> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-'));
    let reserved = name == "lock" || name.ends_with(".partial") || name.ends_with(".tmp");
    if plain && !reserved && !name.is_empty() && !name.starts_with('.') && name.len() <= 100 {
        Ok(())
    } else {
        Err(StageError::StageName(name.to_owned()))
    }
}

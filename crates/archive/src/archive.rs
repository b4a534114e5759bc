//! An archive as its users see it: stages, releases, retention and holds.

use crate::blob_check::BlobPlan;
use crate::blob_store::{BlobReader, BlobStore, Protection, StoreError, io_error, read_blob};
use crate::disk::DiskBlobs;
use crate::layer::Layer;
use crate::manifest::{
    IndexedRelease, ManifestError, ReleaseManifest, envelope_of_oci_manifest, index_from_bytes,
    index_to_bytes,
};
use crate::problem::Problem;
use crate::retention::Retention;
use crate::seal;
use crate::staging::{Stage, StageError, Staging};
use crate::tree_index::{IndexError, TreeIndex};
use crate::tree_writer::{KnownChunks, learn};
use crate::unpack::{UnpackError, read_file, unpack_tree, unpack_tree_from};
use crate::verify::{MANIFEST_BYTES_MAX, TREE_INDEX_BYTES_MAX};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use vocabulary::{Date, Digest, Instant, canonical};

const INDEX: &str = "index.json";
const RETENTION: &str = "retention.json";
const RETENTION_FORMAT: &str = "dossier/retention/v1";
/// How many of the newest releases are asked for chunks that need not be stored again. Each of their indexes lists all
/// its chunks, so more would find little and cost time.
const LEARN_RELEASES_MAX: usize = 8;

/// Why an archive could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A document of the archive cannot be read.
    #[error("`{name}` of the archive cannot be read: {reason}; run `dossier archive verify`")]
    Document {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// No such release.
    #[error("the archive holds no release `{0}`")]
    NoRelease(String),
    /// No such layer.
    #[error("release `{version}` has no layer `{layer}`")]
    NoLayer {
        /// The release.
        version: String,
        /// The name asked for.
        layer: String,
    },
    /// The manifest of a release cannot be read.
    #[error("the manifest of release `{version}` cannot be read")]
    Manifest {
        /// The release.
        version: String,
        /// Why.
        source: ManifestError,
    },
    /// The index of a tree cannot be read.
    #[error("the index of the tree in `{layer}` cannot be read")]
    Index {
        /// The layer.
        layer: String,
        /// Where and why.
        source: IndexError,
    },
    /// A tree could not be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// A stage could not be read.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A release may not be removed yet.
    #[error("release `{version}` may not be removed: {reason}")]
    Kept {
        /// The release.
        version: String,
        /// Why not.
        reason: String,
    },
    /// A retention may only become longer.
    #[error(
        "the retention of release `{version}` ends on {until} or later and may not be shortened to {asked}"
    )]
    Shortened {
        /// The release.
        version: String,
        /// What holds.
        until: Date,
        /// What was asked for.
        asked: Date,
    },
}

/// A legal hold on a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Why it is held; also what it is lifted by.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// How long a release is kept, and its holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protected {
    /// Computed retention.
    pub retention: Retention,
    /// Holds in force.
    pub holds: Vec<Hold>,
}

impl Protected {
    /// What it demands of every blob of the release.
    pub fn protection(&self) -> Protection {
        Protection {
            until: Some(self.retention.until),
            hold: self.retention.open_ended || !self.holds.is_empty(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionFile {
    format: String,
    releases: BTreeMap<String, Protected>,
}

/// Reads `retention.json`; an absent one says nothing about any release.
pub(crate) fn retention_from_bytes(
    bytes: Option<&[u8]>,
) -> Result<BTreeMap<String, Protected>, ArchiveError> {
    let Some(bytes) = bytes else { return Ok(BTreeMap::new()) };
    let wrong = |reason: String| ArchiveError::Document { name: RETENTION, reason };
    let value = canonical::from_slice(bytes).map_err(|e| wrong(e.to_string()))?;
    let file: RetentionFile = serde_json::from_value(value).map_err(|e| wrong(e.to_string()))?;
    if file.format == RETENTION_FORMAT {
        Ok(file.releases)
    } else {
        Err(wrong(format!("its format is `{}`, not `{RETENTION_FORMAT}`", file.format)))
    }
}

pub(crate) fn retention_to_bytes(releases: BTreeMap<String, Protected>) -> Result<Vec<u8>, ArchiveError> {
    let file = RetentionFile { format: RETENTION_FORMAT.to_owned(), releases };
    canonical::to_vec(&file).map_err(|e| ArchiveError::Document { name: RETENTION, reason: e.to_string() })
}

/// A release of the archive, with its manifest. Nothing is verified by loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Digest of its OCI manifest, which names everything else.
    pub oci_manifest: Digest,
    /// Digest of the signed envelope.
    pub envelope: Digest,
    /// The release manifest.
    pub manifest: ReleaseManifest,
}

impl Release {
    /// The version.
    pub fn version(&self) -> &str {
        &self.manifest.head.version
    }

    /// Every blob of the release: OCI manifest, envelope and layers.
    pub fn blobs(&self) -> BTreeSet<Digest> {
        let layers = self.manifest.layers.iter().map(|l| l.digest);
        layers.chain([self.oci_manifest, self.envelope]).collect()
    }
}

/// An archive.
pub struct Archive {
    store: Box<dyn BlobStore>,
    staging: PathBuf,
}

impl Archive {
    /// Opens the archive in a folder for writing, making it where there is none. Cleans up what a crash left: half
    /// collected stages, and blobs of a seal that did not come to its end.
    ///
    /// # Errors
    /// While another process has it open for writing, or where it cannot be read.
    pub fn open(folder: &Path) -> Result<Archive, ArchiveError> {
        let store = DiskBlobs::open(folder)?;
        let staging = store.staging_dir();
        Archive::with_store(Box::new(store), staging)
    }

    /// Opens the archive in a folder for reading.
    ///
    /// # Errors
    /// Where there is no such folder.
    pub fn read_only(folder: &Path) -> Result<Archive, ArchiveError> {
        let store = DiskBlobs::read_only(folder)?;
        let staging = store.staging_dir();
        Ok(Archive { store: Box::new(store), staging })
    }

    /// An archive on any store, with a local folder for staging; cleans up as [`Archive::open`] does.
    ///
    /// # Errors
    /// Where store or folder cannot be read.
    pub fn with_store(store: Box<dyn BlobStore>, staging: PathBuf) -> Result<Archive, ArchiveError> {
        fs::create_dir_all(&staging).map_err(io_error(format!("make the folder {}", staging.display())))?;
        let archive = Archive { store, staging };
        seal::recover(&archive)?;
        Ok(archive)
    }

    /// The store below.
    pub fn store(&self) -> &dyn BlobStore {
        self.store.as_ref()
    }

    pub(crate) fn staging(&self) -> &Path {
        &self.staging
    }

    /// Begins to collect the stage `name` (usually a candidate, `2.4.0-rc1`).
    ///
    /// # Errors
    /// Where there is a complete stage of this name, or the name is none.
    pub fn begin_stage(&self, name: &str) -> Result<Staging, ArchiveError> {
        Ok(Staging::begin(&self.staging, name, self.known_chunks()?)?)
    }

    /// The complete stage `name`.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub fn stage(&self, name: &str) -> Result<Stage, ArchiveError> {
        Ok(Stage::open(&self.staging, name)?)
    }

    /// Names of the complete stages, sorted.
    ///
    /// # Errors
    /// Where the staging folder cannot be listed.
    pub fn stages(&self) -> Result<Vec<String>, ArchiveError> {
        let listing = || io_error(format!("list the folder {}", self.staging.display()));
        let mut names = Vec::new();
        if !self.staging.is_dir() {
            return Ok(names);
        }
        for entry in fs::read_dir(&self.staging).map_err(listing())? {
            let entry = entry.map_err(listing())?;
            if entry.path().join("stage.json").is_file()
                && !entry.file_name().to_string_lossy().ends_with(".partial")
            {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Discards a complete stage; nothing of it was in the archive.
    ///
    /// # Errors
    /// Where there is none, or it cannot be removed.
    pub fn discard_stage(&self, name: &str) -> Result<(), ArchiveError> {
        let stage = self.stage(name)?;
        let removing = io_error(format!("remove the stage {}", stage.dir().display()));
        Ok(fs::remove_dir_all(stage.dir()).map_err(removing)?)
    }

    /// Reads a stage back and digests every blob and chunk of it. Empty means that it is what it says.
    pub fn check_stage(&self, stage: &Stage) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut plan = BlobPlan::default();
        let open = |digest| stage.open_blob(self.store(), digest);
        plan.layers(stage.layers(), stage.name(), &open, &mut problems);
        problems.extend(plan.check(&open).problems);
        problems
    }

    /// Opens a layer of a stage: how a rebuild reads what is not sealed yet.
    ///
    /// # Errors
    /// Where it has no such layer.
    pub fn open_staged(&self, stage: &Stage, layer: &str) -> Result<BlobReader, ArchiveError> {
        let layer = self.staged_layer(stage, layer)?;
        Ok(stage.open_blob(self.store(), layer.digest)?)
    }

    /// Unpacks a tree of a stage into an absent or empty folder.
    ///
    /// # Errors
    /// Where it has no such tree, or a file is not as the index says.
    pub fn unpack_staged(&self, stage: &Stage, tree: &str, folder: &Path) -> Result<(), ArchiveError> {
        let layer = self.staged_layer(stage, &format!("trees/{tree}"))?;
        let mut bytes = Vec::new();
        stage
            .open_blob(self.store(), layer.digest)?
            .take(TREE_INDEX_BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(io_error(format!("read the index of tree `{tree}`")))?;
        let index = parse_index(&bytes, layer)?;
        let read = |digest, offset, length| stage.read_range(self.store(), digest, offset, length);
        Ok(unpack_tree_from(&read, &index, folder)?)
    }

    fn staged_layer<'s>(&self, stage: &'s Stage, layer: &str) -> Result<&'s Layer, ArchiveError> {
        let absent = || ArchiveError::NoLayer { version: stage.name().to_owned(), layer: layer.to_owned() };
        stage.layer(layer).ok_or_else(absent)
    }

    /// The releases, in the order in which they were sealed.
    ///
    /// # Errors
    /// Where `index.json` cannot be read.
    pub fn list(&self) -> Result<Vec<IndexedRelease>, ArchiveError> {
        match self.store.document(INDEX)? {
            Some(bytes) => {
                index_from_bytes(&bytes).map_err(|reason| ArchiveError::Document { name: INDEX, reason })
            }
            None => Ok(Vec::new()),
        }
    }

    /// The release `version`.
    ///
    /// # Errors
    /// Where there is none, or its manifests cannot be read.
    pub fn release(&self, version: &str) -> Result<Release, ArchiveError> {
        let indexed = self.list()?.into_iter().find(|r| r.version == version);
        self.load(&indexed.ok_or_else(|| ArchiveError::NoRelease(version.to_owned()))?)
    }

    fn load(&self, indexed: &IndexedRelease) -> Result<Release, ArchiveError> {
        let oci = read_blob(self.store(), indexed.manifest, MANIFEST_BYTES_MAX)?;
        let envelope = envelope_of_oci_manifest(&oci)
            .map_err(|reason| ArchiveError::Document { name: "OCI manifest", reason })?;
        let bytes = read_blob(self.store(), envelope, MANIFEST_BYTES_MAX)?;
        let manifest = ReleaseManifest::from_envelope(&bytes)
            .map_err(|source| ArchiveError::Manifest { version: indexed.version.clone(), source })?;
        Ok(Release { oci_manifest: indexed.manifest, envelope, manifest })
    }

    /// Opens a plain layer of a release.
    ///
    /// # Errors
    /// Where release or layer do not exist.
    pub fn open_layer(&self, version: &str, layer: &str) -> Result<BlobReader, ArchiveError> {
        let release = self.release(version)?;
        Ok(self.store.open(release_layer(&release, layer)?.digest)?)
    }

    /// The index of a tree of a release.
    ///
    /// # Errors
    /// Where release or tree do not exist, or the index cannot be read.
    pub fn tree(&self, version: &str, tree: &str) -> Result<TreeIndex, ArchiveError> {
        let release = self.release(version)?;
        read_index(self.store(), release_layer(&release, &format!("trees/{tree}"))?)
    }

    /// Unpacks a tree of a release into an absent or empty folder, digesting every file.
    ///
    /// # Errors
    /// Where release or tree do not exist, or a file is not as the index says.
    pub fn unpack(&self, version: &str, tree: &str, folder: &Path) -> Result<(), ArchiveError> {
        Ok(unpack_tree(self.store(), &self.tree(version, tree)?, folder)?)
    }

    /// One file of a tree of a release; `None` where the tree has none of this path.
    ///
    /// # Errors
    /// As [`Archive::unpack`].
    pub fn read_tree_file(
        &self,
        version: &str,
        tree: &str,
        path: &str,
    ) -> Result<Option<Vec<u8>>, ArchiveError> {
        Ok(read_file(self.store(), &self.tree(version, tree)?, path)?)
    }

    /// Chunks of the newest releases, so that they are not stored again.
    fn known_chunks(&self) -> Result<KnownChunks, ArchiveError> {
        let mut known = KnownChunks::new();
        for indexed in self.list()?.iter().rev().take(LEARN_RELEASES_MAX) {
            let release = self.load(indexed)?;
            for layer in release.manifest.layers.iter().filter(|l| l.tree().is_some()) {
                let index = read_index(self.store(), layer)?;
                learn(&mut known, &index, |p| {
                    self.store.size(p.digest).is_ok_and(|size| size == Some(p.size))
                });
            }
        }
        Ok(known)
    }

    /// How long each release is kept.
    ///
    /// # Errors
    /// Where `retention.json` cannot be read.
    pub fn retention(&self) -> Result<BTreeMap<String, Protected>, ArchiveError> {
        retention_from_bytes(self.store.document(RETENTION)?.as_deref())
    }

    /// Extends the retention of a release, or ends its being open-ended once the last-placed date is known.
    ///
    /// # Errors
    /// Where it would become shorter.
    pub fn set_retention(&self, version: &str, retention: Retention) -> Result<(), ArchiveError> {
        self.change_protection(version, |kept| {
            let until = kept.retention.until;
            if retention.until < until {
                let version = version.to_owned();
                return Err(ArchiveError::Shortened { version, until, asked: retention.until });
            }
            kept.retention = retention;
            Ok(())
        })
    }

    /// Puts a legal hold on a release.
    ///
    /// # Errors
    /// Where there is no such release.
    pub fn hold(&self, version: &str, hold: Hold) -> Result<(), ArchiveError> {
        self.change_protection(version, |kept| {
            kept.holds.push(hold);
            Ok(())
        })
    }

    /// Lifts the holds of this reason.
    ///
    /// # Errors
    /// Where there is no such release.
    pub fn lift_hold(&self, version: &str, reason: &str) -> Result<(), ArchiveError> {
        self.change_protection(version, |kept| {
            kept.holds.retain(|h| h.reason != reason);
            Ok(())
        })
    }

    fn change_protection(
        &self,
        version: &str,
        change: impl FnOnce(&mut Protected) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let mut all = self.retention()?;
        let kept = all.get_mut(version).ok_or_else(|| ArchiveError::NoRelease(version.to_owned()))?;
        change(kept)?;
        self.write_retention(all)?;
        self.enforce(&self.release(version)?.blobs())
    }

    pub(crate) fn write_retention(&self, all: BTreeMap<String, Protected>) -> Result<(), ArchiveError> {
        Ok(self.store.replace_document(RETENTION, &retention_to_bytes(all)?)?)
    }

    pub(crate) fn write_index(&self, releases: &[IndexedRelease]) -> Result<(), ArchiveError> {
        let bytes = index_to_bytes(releases)
            .map_err(|e| ArchiveError::Document { name: INDEX, reason: e.to_string() })?;
        Ok(self.store.replace_document(INDEX, &bytes)?)
    }

    /// Makes the store protect `blobs` as the releases that hold them demand: the longest retention, and a hold as long
    /// as any of them is held.
    pub(crate) fn enforce(&self, blobs: &BTreeSet<Digest>) -> Result<(), ArchiveError> {
        let retention = self.retention()?;
        let mut demanded: BTreeMap<Digest, Protection> = BTreeMap::new();
        for indexed in self.list()? {
            let Some(protected) = retention.get(&indexed.version) else { continue };
            for digest in self.load(&indexed)?.blobs().intersection(blobs) {
                let entry = demanded.entry(*digest).or_default();
                *entry = entry.stricter(protected.protection());
            }
        }
        let mut groups: BTreeMap<(Option<Date>, bool), Vec<Digest>> = BTreeMap::new();
        for (digest, protection) in demanded {
            groups.entry((protection.until, protection.hold)).or_default().push(digest);
        }
        for ((until, hold), digests) in groups {
            self.store.protect(&digests, Protection { until, hold })?;
            if !hold {
                self.store.set_hold(&digests, false)?;
            }
        }
        Ok(())
    }

    /// Removes a release whose time is over, on the day `today`: first from the index, then every blob that no other
    /// release holds. Returns those blobs. The caller records the disposition.
    ///
    /// # Errors
    /// While the release is held, its end is not known, or it has not come.
    pub fn dispose(&self, version: &str, today: Date) -> Result<Vec<Digest>, ArchiveError> {
        let release = self.release(version)?;
        let mut retention = self.retention()?;
        let protection = retention.get(version).map(Protected::protection).unwrap_or_default();
        if !protection.permits_removal(today) {
            let reason = match protection.until {
                _ if protection.hold => {
                    "it is on hold, or the end of its retention is not known yet".to_owned()
                }
                until => {
                    format!("its retention ends on {}", until.map(|d| d.to_string()).unwrap_or_default())
                }
            };
            return Err(ArchiveError::Kept { version: version.to_owned(), reason });
        }
        let mut rest = self.list()?;
        rest.retain(|r| r.version != version);
        let mut kept = BTreeSet::new();
        for other in &rest {
            kept.extend(self.load(other)?.blobs());
        }
        self.write_index(&rest)?;
        retention.remove(version);
        self.write_retention(retention)?;
        let removed: Vec<Digest> = release.blobs().difference(&kept).copied().collect();
        for digest in &removed {
            self.store.set_hold(&[*digest], false)?;
            self.store.remove(*digest, today)?;
        }
        Ok(removed)
    }
}

fn release_layer<'r>(release: &'r Release, layer: &str) -> Result<&'r Layer, ArchiveError> {
    let absent = || ArchiveError::NoLayer { version: release.version().to_owned(), layer: layer.to_owned() };
    release.manifest.layer(layer).ok_or_else(absent)
}

fn read_index(store: &dyn BlobStore, layer: &Layer) -> Result<TreeIndex, ArchiveError> {
    let bytes = read_blob(store, layer.digest, TREE_INDEX_BYTES_MAX)?;
    parse_index(&bytes, layer)
}

fn parse_index(bytes: &[u8], layer: &Layer) -> Result<TreeIndex, ArchiveError> {
    TreeIndex::from_bytes(bytes)
        .map_err(|source| ArchiveError::Index { layer: layer.name.to_string(), source })
}

//! Sealing: one or more stages become a release, whole or not at all.
//!
//! The order of writes (`docs/formats/archive.md`, "Order of writes"): the stages are on the disk already; a note of
//! what is about to be added; hard links into `blobs/`; one sync; everything read back; then, as the one act that
//! counts, `index.json`; then retention and protection; last the stages go. Whatever stops before the index leaves the
//! archive as it was, and the next start removes what the note names.

use crate::archive::{Archive, ArchiveError, Protected};
use crate::blob_check::BlobPlan;
use crate::blob_store::{DOCUMENT_BYTES_MAX, StoreError, io_error, read_blob};
use crate::disk::{sync_file_system, sync_folder};
use crate::layer::{Layer, LayerName};
use crate::manifest::{IndexedRelease, ManifestError, ReleaseHead, ReleaseManifest};
use crate::problem::Problem;
use crate::retention::Retention;
use crate::staging::{Stage, StageError};
use crate::verify::{FOLDER_KIND, OCI_LAYOUT, RELEASE_DOCUMENTS};
use serde::{Deserialize, Serialize};
use signing::Signer;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use vocabulary::{Date, Digest, Instant, canonical};

const NOTE: &str = "seal.json";
const NOTE_FORMAT: &str = "dossier/seal/v1";
const TEXT: &str = "text/markdown; charset=utf-8";
const SCRIPT: &str = "application/x-sh";

/// What every release holds, so that it can be read without this program: name, media type, content.
const READABLE: [(&str, &str, &str); 3] = [
    ("README.md", TEXT, include_str!("in_archive/README.md")),
    ("unpack.sh", SCRIPT, include_str!("in_archive/unpack.sh")),
    ("archive-format.md", TEXT, include_str!("../../../docs/formats/archive.md")),
];

/// Why a release could not be sealed. The archive is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The archive could not be read or written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The manifest could not be made or signed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The version is sealed already.
    #[error("release `{0}` is in the archive already")]
    Exists(String),
    /// Two stages have layers of one name, or a stage has one of the archive's own.
    #[error("the layer `{0}` stands twice")]
    Twice(LayerName),
    /// There is nothing to seal.
    #[error("no stage was given")]
    Nothing,
    /// What was written does not read back.
    #[error("the release does not read back from the archive: {}", .0.first().map(Problem::to_string).unwrap_or_default())]
    ReadBack(Vec<Problem>),
}

impl From<StoreError> for SealError {
    fn from(e: StoreError) -> Self {
        SealError::Archive(e.into())
    }
}

impl From<StageError> for SealError {
    fn from(e: StageError) -> Self {
        SealError::Archive(e.into())
    }
}

/// What was sealed. It is recorded in the ledger, not in the archive: an archive cannot contain its own receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The version.
    pub version: String,
    /// Digest of the OCI manifest, which names everything else.
    pub oci_manifest: Digest,
    /// Digest of the signed envelope.
    pub envelope: Digest,
    /// Blobs of the release, and their bytes.
    pub blobs: u64,
    /// Bytes of all its blobs.
    pub bytes: u64,
    /// Bytes that were not in the archive before.
    pub bytes_added: u64,
    /// Digests of `index.json` and `retention.json` after the seal, for the ledger to cover.
    pub documents: Vec<(String, Digest)>,
}

/// What is known before a seal begins, so that it can be taken back or finished.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    format: String,
    version: String,
    oci_manifest: Digest,
    /// The stages that are sealed, this one first.
    stages: Vec<String>,
    /// Blobs that were not in the archive before.
    new: Vec<Digest>,
}

impl Archive {
    /// Seals `stages` as one release. `head` is what the signed manifest says besides the layers; a release whose head
    /// names a ledger prefix holds it as the tree `ledger`.
    ///
    /// # Errors
    /// Nothing of the release is in the archive then, and the stages are still there.
    pub fn seal(
        &self,
        stages: &[&Stage],
        head: ReleaseHead,
        retention: Retention,
        signer: &dyn Signer,
    ) -> Result<Receipt, SealError> {
        let first = stages.first().ok_or(SealError::Nothing)?;
        let mut releases = self.list()?;
        if releases.iter().any(|r| r.version == head.version) {
            return Err(SealError::Exists(head.version));
        }
        let sealing = Sealing::prepare(self, stages, head, signer)?;
        sealing.write_note(first.dir())?;
        releases.push(sealing.indexed());
        let written = sealing
            .write_blobs()
            .and_then(|()| sealing.read_back())
            .and_then(|()| sealing.write_retention(retention))
            .and_then(|()| Ok(self.write_index(&releases)?));
        if let Err(error) = written {
            // What cannot be taken back now is taken back at the next start: the note is still there.
            if take_back(self, &sealing.note).is_ok() {
                let _ = fs::remove_file(first.dir().join(NOTE));
            }
            return Err(error);
        }
        // The release is sealed. What fails from here on is finished at the next start.
        finish(self, &sealing.note)?;
        sealing.receipt()
    }

    /// Archives a folder that is no release, through the same code as one: `archive put DIR`. Its files are the tree
    /// `files`.
    ///
    /// # Errors
    /// As [`crate::Staging::put_tree`] and [`Archive::seal`].
    pub fn put_folder(
        &self,
        name: &str,
        folder: &Path,
        at: Instant,
        retention: Retention,
        signer: &dyn Signer,
    ) -> Result<Receipt, SealError> {
        if self.list()?.iter().any(|r| r.version == name) {
            return Err(SealError::Exists(name.to_owned()));
        }
        let mut staging = self.begin_stage(name)?;
        staging.put_tree("files", folder)?;
        let stage = staging.finish()?;
        let head = ReleaseHead {
            product: name.to_owned(),
            version: name.to_owned(),
            kind: FOLDER_KIND.to_owned(),
            sealed_at: at,
            ledger: None,
            stage: stage.digest(),
            evidence_manifest: None,
            annotations: BTreeMap::new(),
        };
        self.seal(&[&stage], head, retention, signer)
    }
}

/// A release on its way into the archive.
struct Sealing<'a> {
    archive: &'a Archive,
    stages: &'a [&'a Stage],
    manifest: ReleaseManifest,
    envelope: Vec<u8>,
    oci: Vec<u8>,
    note: Note,
    bytes_added: u64,
}

impl<'a> Sealing<'a> {
    fn prepare(
        archive: &'a Archive,
        stages: &'a [&'a Stage],
        head: ReleaseHead,
        signer: &dyn Signer,
    ) -> Result<Sealing<'a>, SealError> {
        let manifest = ReleaseManifest { head, layers: all_layers(stages)? };
        let envelope = manifest.sign(signer)?;
        let oci = manifest.oci_manifest(&envelope).map_err(ManifestError::from)?;
        let (mut new, mut bytes_added) = (BTreeSet::new(), 0);
        let documents = [&envelope, &oci].map(|b| (Digest::of(b), b.len() as u64));
        for (digest, size) in manifest.layers.iter().map(|l| (l.digest, l.size)).chain(documents) {
            if archive.store().size(digest)?.is_none() && new.insert(digest) {
                bytes_added += size;
            }
        }
        let note = Note {
            format: NOTE_FORMAT.to_owned(),
            version: manifest.head.version.clone(),
            oci_manifest: Digest::of(&oci),
            stages: stages.iter().map(|s| s.name().to_owned()).collect(),
            new: new.into_iter().collect(),
        };
        Ok(Sealing { archive, stages, manifest, envelope, oci, note, bytes_added })
    }

    fn write_note(&self, dir: &Path) -> Result<(), SealError> {
        let bytes = canonical::to_vec(&self.note).map_err(ManifestError::from)?;
        let path = dir.join(NOTE);
        let writing = io_error(format!("write {}", path.display()));
        File::create(&path)
            .and_then(|mut f| f.write_all(&bytes).and_then(|()| f.sync_all()))
            .map_err(writing)?;
        Ok(sync_folder(dir)?)
    }

    fn write_blobs(&self) -> Result<(), SealError> {
        let store = self.archive.store();
        for layer in &self.manifest.layers {
            if store.size(layer.digest)?.is_some() {
                continue;
            }
            if let Some((_, _, content)) = READABLE.iter().find(|(name, ..)| *name == layer.name.as_str()) {
                store.put(layer.digest, &mut content.as_bytes())?;
            } else {
                let staged = self.stages.iter().map(|s| s.blob_path(layer.digest)).find(|p| p.is_file());
                store.adopt(layer.digest, &staged.ok_or(StoreError::Absent(layer.digest))?)?;
            }
        }
        for bytes in [&self.envelope, &self.oci] {
            store.put(Digest::of(bytes), &mut &bytes[..])?;
        }
        store.sync()?;
        write_once(self.archive, "oci-layout", OCI_LAYOUT.as_bytes())?;
        Ok(())
    }

    /// Reads every blob of the release from the archive and digests it: what is on the disk is what was packed.
    /// Unpacking every chunk as well is what [`crate::verify_release`] does.
    fn read_back(&self) -> Result<(), SealError> {
        let store = self.archive.store();
        let mut problems = Vec::new();
        let mut plan = BlobPlan::default();
        let version = &self.manifest.head.version;
        plan.blobs(&self.manifest.layers, version, &mut problems);
        problems.extend(plan.check(&|digest| store.open(digest)).problems);
        for bytes in [&self.envelope, &self.oci] {
            read_blob(store, Digest::of(bytes), bytes.len() as u64)?;
        }
        if problems.is_empty() { Ok(()) } else { Err(SealError::ReadBack(problems)) }
    }

    fn indexed(&self) -> IndexedRelease {
        IndexedRelease {
            version: self.manifest.head.version.clone(),
            manifest: self.note.oci_manifest,
            size: self.oci.len() as u64,
        }
    }

    /// Before the index, because a release without retention must never be seen.
    fn write_retention(&self, retention: Retention) -> Result<(), SealError> {
        let mut all = self.archive.retention()?;
        all.insert(self.note.version.clone(), Protected { retention, holds: Vec::new() });
        Ok(self.archive.write_retention(all)?)
    }

    fn receipt(&self) -> Result<Receipt, SealError> {
        let mut documents = Vec::new();
        for name in ["index.json", "retention.json"] {
            if let Some(bytes) = self.archive.store().document(name)? {
                documents.push((name.to_owned(), Digest::of(&bytes)));
            }
        }
        let sizes: BTreeMap<Digest, u64> = self.manifest.layers.iter().map(|l| (l.digest, l.size)).collect();
        Ok(Receipt {
            version: self.note.version.clone(),
            oci_manifest: self.note.oci_manifest,
            envelope: Digest::of(&self.envelope),
            blobs: sizes.len() as u64 + 2,
            bytes: sizes.values().sum::<u64>() + (self.envelope.len() + self.oci.len()) as u64,
            bytes_added: self.bytes_added,
            documents,
        })
    }
}

/// The layers of all stages and those that every release has, in order of their names.
fn all_layers(stages: &[&Stage]) -> Result<Vec<Layer>, SealError> {
    let mut layers: BTreeMap<LayerName, Layer> = BTreeMap::new();
    let readable = READABLE.iter().map(|(name, media_type, content)| {
        let name = name.parse().map_err(StageError::from)?;
        let (digest, size) = (Digest::of(content.as_bytes()), content.len() as u64);
        Ok(Layer { name, media_type: (*media_type).to_owned(), digest, size })
    });
    let readable: Vec<Layer> = readable.collect::<Result<_, StageError>>()?;
    for layer in readable.iter().chain(stages.iter().flat_map(|s| s.layers())) {
        match layers.insert(layer.name.clone(), layer.clone()) {
            // Stages may share packs, which are named by their digest.
            Some(before) if before != *layer => return Err(SealError::Twice(layer.name.clone())),
            Some(before) if !before.is_pack() => return Err(SealError::Twice(before.name)),
            _ => {}
        }
    }
    Ok(layers.into_values().collect())
}

fn write_once(archive: &Archive, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    if archive.store().document(name)?.as_deref() != Some(bytes) {
        archive.store().replace_document(name, bytes)?;
    }
    Ok(())
}

/// What follows the index: protection, the readable documents, and the stages go. At the next start again, if need be.
fn finish(archive: &Archive, note: &Note) -> Result<(), ArchiveError> {
    let release = archive.release(&note.version)?;
    archive.enforce(&release.blobs())?;
    for name in RELEASE_DOCUMENTS {
        if let Some(layer) = release.manifest.layer(name) {
            let bytes = read_blob(archive.store(), layer.digest, DOCUMENT_BYTES_MAX)?;
            write_once(archive, name, &bytes)?;
        }
    }
    Ok(remove_stages(archive.staging(), note)?)
}

fn remove_stages(staging: &Path, note: &Note) -> Result<(), StoreError> {
    // The folder with the note goes last: while it is there, the next start removes what is left.
    for folder in note.stages.iter().rev().map(|name| staging.join(name)).filter(|f| f.is_dir()) {
        fs::remove_dir_all(&folder).map_err(io_error(format!("remove {}", folder.display())))?;
    }
    Ok(())
}

/// Removes the blobs of a seal that did not come to its end.
fn take_back(archive: &Archive, note: &Note) -> Result<(), ArchiveError> {
    let store = archive.store();
    let mut kept = BTreeSet::new();
    let releases = archive.list()?;
    for indexed in &releases {
        kept.extend(archive.release(&indexed.version)?.blobs());
    }
    for digest in note.new.iter().filter(|d| !kept.contains(d)) {
        match store.remove(*digest, Date::new(1, 1, 1).ok_or(StoreError::Absent(*digest))?) {
            Ok(()) | Err(StoreError::Absent(_)) => {}
            Err(e) => return Err(e.into()),
        }
    }
    if releases.iter().any(|r| r.version == note.version) {
        return Ok(());
    }
    let mut retentions = archive.retention()?;
    if retentions.remove(&note.version).is_some() {
        archive.write_retention(retentions)?;
    }
    Ok(())
}

/// Cleans up after a crash: half collected stages go; an unfinished seal is taken back, and its stage stays as it was;
/// a seal whose index was written is finished.
pub(crate) fn recover(archive: &Archive) -> Result<(), ArchiveError> {
    let staging = archive.staging();
    let listing = || io_error(format!("list the folder {}", staging.display()));
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(staging).map_err(listing())? {
        let path = entry.map_err(listing())?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    for folder in folders.into_iter().filter(|f| f.is_dir()) {
        let removing = || io_error(format!("remove {}", folder.display()));
        // A removal that was interrupted may have left a folder without its stage.json.
        if folder.extension().is_some_and(|e| e == "partial") || !has_documents(&folder) {
            fs::remove_dir_all(&folder).map_err(removing())?;
            continue;
        }
        let Some(note) = read_note(&folder)? else { continue };
        if archive.list()?.iter().any(|r| r.manifest == note.oci_manifest) {
            finish(archive, &note)?;
        } else {
            take_back(archive, &note)?;
            fs::remove_file(folder.join(NOTE)).map_err(removing())?;
        }
    }
    if staging.is_dir() { Ok(sync_file_system(staging)?) } else { Ok(()) }
}

fn has_documents(folder: &Path) -> bool {
    folder.join("stage.json").is_file() || folder.join(NOTE).is_file()
}

/// Reads a seal's note. A note that is cut off was never acted upon: nothing was linked before it was synced.
fn read_note(folder: &Path) -> Result<Option<Note>, ArchiveError> {
    let path = folder.join(NOTE);
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = fs::read(&path).map_err(io_error(format!("read {}", path.display())))?;
    let note = canonical::from_slice(&bytes).ok().and_then(|v| serde_json::from_value::<Note>(v).ok());
    match note {
        Some(note) if note.format == NOTE_FORMAT => Ok(Some(note)),
        _ => {
            fs::remove_file(&path).map_err(io_error(format!("remove {}", path.display())))?;
            Ok(None)
        }
    }
}

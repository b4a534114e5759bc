//! The release archive: an OCI image layout in which every file is named by its SHA-256 digest.
//!
//! A release is **staged** (everything collected, content-addressed, on the archive's own file system), then
//! **sealed** (signed manifest, one sync, hard links into place, read back, and last of all the index). What a person
//! opens is one plain blob each; trees of files are cut into chunks, which are compressed, shared between releases and
//! concatenated in packs. `docs/formats/archive.md` describes every byte, so that it can be read without this code.
//!
//! It is not a store of records (that is `ledger`), it decides nothing about a release (that is `release`), and it has
//! no network code: another store, for example S3 with Object Lock, implements [`BlobStore`] and passes
//! `conformance` (a feature). No clock either: dates are parameters.

mod archive;
pub mod bagit;
mod blob_check;
pub mod blob_store;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod disk;
pub mod layer;
pub mod manifest;
pub mod memory;
pub mod mirror;
mod pack;
pub mod problem;
pub mod retention;
mod seal;
pub mod staging;
pub mod tree_index;
mod tree_writer;
pub mod unpack;
pub mod verify;

pub use archive::{Archive, ArchiveError, Hold, Protected, Release};
pub use blob_store::{BlobStore, Protection, Put, StoreError};
pub use disk::DiskBlobs;
pub use layer::{Layer, LayerName};
pub use manifest::{ReleaseHead, ReleaseManifest};
pub use memory::MemoryBlobs;
pub use problem::{Code, Problem};
pub use seal::{Receipt, SealError};
pub use staging::{Stage, StageError, Staging};
pub use tree_index::TreeIndex;
pub use verify::{Report, verify_archive, verify_release};

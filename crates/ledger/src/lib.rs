//! The ledger: an append-only list of entries in canonical JSON, a Merkle tree over them (RFC 6962), checkpoints as
//! C2SP signed notes, proofs, an export in C2SP tiles, and the verifier that recomputes all of it.
//!
//! It knows no SQL, no clock, no network and no record type: what an entry's `body` says belongs to `records`, where
//! entries are kept to `store`. It is what the offline verifier is built from, so it compiles wherever Rust does.
//! The format is written down in `docs/formats/ledger.md`.

mod append;
mod checkpoint;
#[cfg(feature = "conformance")]
pub mod conformance;
mod entry;
mod export;
mod genesis;
mod memory;
pub mod merkle;
mod rotation;
mod signature;
mod store;
pub mod tile;
mod verify;

pub use append::{CLOCK_SLACK_MS, Planned, plan};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use entry::{Draft, ENTRY_BYTES_MAX, Entry, EntryError, check_kind};
pub use export::{
    CHECKPOINT_FILE, ExportDir, ExportError, ExportFiles, WriteFile, export, export_files, read_entries,
    verify_export, verify_files,
};
pub use genesis::{Clock, GENESIS_KIND, Genesis, GenesisError};
pub use memory::MemoryStore;
pub use rotation::{PersonsCheck, ROTATE_KIND, Rotation, RotationError};
pub use signature::{
    ALG_SSHSIG_ED25519, PersonalSignature, STATEMENT_NAMESPACE, SignatureError, sign_statement,
};
pub use store::{AppendError, Appended, LedgerStore, StoreError};
pub use verify::{Anchors, KeyPeriod, Problem, Trust, Verifier, VerifyReport, verify, verify_store};

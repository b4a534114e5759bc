//! Checkpoints (<https://c2sp.org/tlog-checkpoint>): a signed note that says how long the ledger is and what its root.

use crate::merkle;
use crate::store::{LedgerStore, StoreError};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use signing::note::{Note, NoteError, VerifierKey};
use signing::{SignError, Signer};
use vocabulary::Digest;

/// What a checkpoint states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Digest,
    /// Further lines, kept as they are; this program writes none.
    pub extensions: Vec<String>,
}

/// A checkpoint with the note that carries it. Only `open` checks a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What it states.
    pub checkpoint: Checkpoint,
    /// The note with its signatures, also of keys unknown here.
    pub note: Note,
}

/// Why bytes are no checkpoint, or none was made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// No signed note, or not signed by the expected key.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// The note's text is no checkpoint.
    #[error("the note is no checkpoint, line {line}: {why}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        why: &'static str,
    },
    /// A checkpoint of another ledger.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    Origin {
        /// The ledger that was expected.
        expected: String,
        /// The ledger that it names.
        found: String,
    },
    /// The key did not sign.
    #[error("the checkpoint was not signed")]
    Sign(#[from] SignError),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Checkpoint {
    /// The checkpoint of the first `size` entries of a store.
    pub fn of(origin: &str, store: &dyn LedgerStore, size: u64) -> Result<Checkpoint, StoreError> {
        let root = merkle::root(size, |level, index| store.subtree(level, index))?;
        Ok(Checkpoint { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// The note's text: origin, size, root in base64, extension lines.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root.0));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the note's text.
    pub fn from_text(text: &str) -> Result<Checkpoint, CheckpointError> {
        let form = |line, why| CheckpointError::Form { line, why };
        let text = text.strip_suffix('\n').ok_or_else(|| form(1, "no line end"))?;
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|o| !o.is_empty()).ok_or_else(|| form(1, "no origin"))?.to_owned();
        let size = lines.next().and_then(read_size).ok_or_else(|| form(2, "no decimal size"))?;
        let root = lines.next().ok_or_else(|| form(3, "no root"))?;
        let root = BASE64_STANDARD.decode(root).map_err(|_| form(3, "the root's base64 cannot be read"))?;
        let root = Digest(root.try_into().map_err(|_| form(3, "the root has not 32 bytes"))?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if let Some(i) = extensions.iter().position(String::is_empty) {
            return Err(form(4 + i, "an extension line is empty"));
        }
        Ok(Checkpoint { origin, size, root, extensions })
    }

    /// Signs the checkpoint with the ledger's key, under the origin as its name.
    pub fn sign(self, signer: &dyn Signer) -> Result<SignedCheckpoint, CheckpointError> {
        let mut note = Note::new(&self.text())?;
        note.sign(&self.origin, signer)?;
        Ok(SignedCheckpoint { checkpoint: self, note })
    }
}

impl SignedCheckpoint {
    /// Reads a checkpoint without checking any signature, e.g. to learn which key it needs.
    pub fn parse(bytes: &[u8]) -> Result<SignedCheckpoint, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(SignedCheckpoint { checkpoint: Checkpoint::from_text(note.text())?, note })
    }

    /// Reads a checkpoint that must be of the key's ledger and signed by the key.
    pub fn open(bytes: &[u8], key: &VerifierKey) -> Result<SignedCheckpoint, CheckpointError> {
        let signed = SignedCheckpoint::parse(bytes)?;
        signed.verify(key)?;
        Ok(signed)
    }

    /// Checks that the checkpoint is of the key's ledger and signed by the key.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), CheckpointError> {
        if self.checkpoint.origin != key.name() {
            let (expected, found) = (key.name().to_owned(), self.checkpoint.origin.clone());
            return Err(CheckpointError::Origin { expected, found });
        }
        Ok(self.note.verify(key)?)
    }
}

impl std::fmt::Display for SignedCheckpoint {
    /// The file form.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.note.fmt(f)
    }
}

/// A decimal without sign and leading zeros.
pub(crate) fn read_size(text: &str) -> Option<u64> {
    let n: u64 = text.parse().ok()?;
    (n.to_string() == text).then_some(n)
}

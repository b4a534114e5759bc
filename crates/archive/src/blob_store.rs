//! The trait that every place for sealed blobs implements: a folder, memory, later S3 with Object Lock.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use vocabulary::{Date, Digest};

/// Largest document (`index.json`, `README.md`, …) that a store reads, in bytes.
pub const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

/// What `put` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The blob was not there and is now.
    New,
    /// The blob was there already; nothing was written.
    Existing,
}

/// How long a blob may not be removed. The two are independent, as in S3 Object Lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Not to be removed before this day; `None` where no date was set.
    pub until: Option<Date>,
    /// Not to be removed at all while this is set (legal hold).
    pub hold: bool,
}

impl Protection {
    /// The stricter of both: the later date, and a hold if either has one.
    pub fn stricter(self, other: Protection) -> Protection {
        Protection { until: self.until.max(other.until), hold: self.hold || other.hold }
    }

    /// Whether a blob under it may be removed on the day `today`.
    pub fn permits_removal(self, today: Date) -> bool {
        !self.hold && self.until.is_none_or(|until| until <= today)
    }
}

/// Why a store could not do its work. `Io` may be transient and the call be made again; every other variant is
/// permanent: the same call gives the same error until somebody changes the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such blob.
    #[error("blob sha256:{0} is not in the store")]
    Absent(Digest),
    /// The content that was given, or that is stored, has another digest than its name.
    #[error("blob sha256:{expected} has the content of sha256:{found}")]
    Content {
        /// The name.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// Removal refused.
    #[error("blob sha256:{digest} may not be removed{}{}",
        .protection.until.map(|d| format!(" before {d}")).unwrap_or_default(),
        if .protection.hold { " while it is on hold" } else { "" })]
    Protected {
        /// The blob.
        digest: Digest,
        /// What protects it.
        protection: Protection,
    },
    /// A protection may only become longer.
    #[error("the protection of blob sha256:{digest} may not be shortened")]
    Shortened {
        /// The blob.
        digest: Digest,
    },
    /// A document's name is not one plain file name.
    #[error("`{0}` is no name of a document")]
    DocumentName(String),
    /// A stored document is not what it ought to be.
    #[error("`{name}` cannot be read: {reason}")]
    Document {
        /// Which one.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process writes to the store at this moment.
    #[error("another process is writing to the archive in {0}; wait until it has ended")]
    Locked(String),
    /// The disk is full.
    #[error(
        "no space left while trying to {doing}; free some and repeat: nothing of the release is in the archive"
    )]
    Full {
        /// What was being done.
        doing: String,
        /// The system's error.
        source: io::Error,
    },
    /// The system refused.
    #[error("could not {doing}")]
    Io {
        /// What was being done, as a verb and its object.
        doing: String,
        /// The system's error.
        source: io::Error,
    },
}

/// Turns an I/O error into a [`StoreError`] that says what was being done.
pub(crate) fn io_error(doing: impl Into<String>) -> impl FnOnce(io::Error) -> StoreError {
    let doing = doing.into();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { doing, source },
        _ => StoreError::Io { doing, source },
    }
}

/// A blob that is being read: any length, any position.
pub type BlobReader = Box<dyn Read + Send>;

/// A place for blobs named by digest, and for a few named documents (`index.json` and its like).
///
/// Whoever implements it runs `crate::conformance` (feature `conformance`) over it. Methods take `&self`: one value may be used from
/// several threads.
pub trait BlobStore: Send + Sync {
    /// Stores what `content` yields under `digest`.
    ///
    /// Idempotent: a blob that is there is left alone ([`Put::Existing`]; `content` need not be read). The content is
    /// digested on the way; other content is refused ([`StoreError::Content`]) and leaves nothing behind. Durable only
    /// after [`BlobStore::sync`].
    fn put(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError>;

    /// Takes over the finished local file `staged`, whose content the caller digested while writing it. The file stays
    /// where it is. Idempotent as `put`. Durable after `sync`, provided that the file itself was.
    ///
    /// The default copies; a folder on the same file system makes a hard link.
    fn adopt(&self, digest: Digest, staged: &Path) -> Result<Put, StoreError> {
        let mut file = std::fs::File::open(staged).map_err(io_error(format!("open {}", staged.display())))?;
        self.put(digest, &mut file)
    }

    /// When this returns, everything that was put or adopted survives a power cut. Idempotent.
    fn sync(&self) -> Result<(), StoreError>;

    /// Opens a blob. The bytes are whatever is stored: the reader digests them. [`StoreError::Absent`] is permanent.
    fn open(&self, digest: Digest) -> Result<BlobReader, StoreError>;

    /// Reads exactly `length` bytes from `offset`; fewer stored bytes are an error.
    fn read_range(&self, digest: Digest, offset: u64, length: usize) -> Result<Vec<u8>, StoreError>;

    /// The blob's size in bytes, or `None` where it is not stored.
    fn size(&self, digest: Digest) -> Result<Option<u64>, StoreError>;

    /// All blobs, in order of their digests.
    fn list(&self) -> Result<Vec<Digest>, StoreError>;

    /// Everything in the store that is neither a blob nor a document of a plain name, as paths for a report.
    fn strays(&self) -> Result<Vec<String>, StoreError>;

    /// Makes the protection of these blobs at least `protection`; it never gets weaker. Idempotent; absent blobs are an
    /// error, and then nothing is changed.
    fn protect(&self, blobs: &[Digest], protection: Protection) -> Result<(), StoreError>;

    /// Sets or lifts the hold of these blobs; dates stay as they are. Idempotent.
    fn set_hold(&self, blobs: &[Digest], hold: bool) -> Result<(), StoreError>;

    /// What protects a blob; the default protection where nothing was set.
    fn protection(&self, digest: Digest) -> Result<Protection, StoreError>;

    /// What protects each blob that has any protection.
    fn protections(&self) -> Result<BTreeMap<Digest, Protection>, StoreError> {
        let mut all = BTreeMap::new();
        for digest in self.list()? {
            let protection = self.protection(digest)?;
            if protection != Protection::default() {
                all.insert(digest, protection);
            }
        }
        Ok(all)
    }

    /// Replaces the stored bytes of a blob that no longer have its digest by `content` that has it, for example from a
    /// second copy. A blob that is as it should be is left alone ([`Put::Existing`]). Idempotent; durable after `sync`.
    fn repair(&self, digest: Digest, content: &mut dyn Read) -> Result<Put, StoreError>;

    /// Removes a blob. Refused ([`StoreError::Protected`], permanent until the day comes) while it is protected. Absent
    /// is an error, so that a removal is never recorded twice.
    fn remove(&self, digest: Digest, today: Date) -> Result<(), StoreError>;

    /// Names of the documents, sorted.
    fn documents(&self) -> Result<Vec<String>, StoreError>;

    /// The bytes of a document, or `None`. Documents above [`DOCUMENT_BYTES_MAX`] are refused.
    fn document(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces a document at once: a reader sees the old bytes or the new ones, also after a power cut. Durable when
    /// it returns.
    fn replace_document(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;
}

/// Reads a whole blob of at most `limit` bytes and checks its digest.
pub fn read_blob(store: &dyn BlobStore, digest: Digest, limit: u64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let reading = || format!("read blob sha256:{digest}");
    store.open(digest)?.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(io_error(reading()))?;
    if bytes.len() as u64 > limit {
        return Err(StoreError::Io {
            doing: reading(),
            source: io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it has more than the {limit} bytes that it may have"),
            ),
        });
    }
    let found = Digest::of(&bytes);
    if found == digest { Ok(bytes) } else { Err(StoreError::Content { expected: digest, found }) }
}

/// Whether `name` is one plain file name: letters, digits, `.`, `_`, `-`, not beginning with a dot.
pub(crate) fn document_name(name: &str) -> Result<&str, StoreError> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if plain && !name.is_empty() && !name.starts_with('.') && name.len() <= 64 {
        Ok(name)
    } else {
        Err(StoreError::DocumentName(name.to_owned()))
    }
}

/// Reads a blob to its end and returns the digest and length of what is stored.
pub fn stored_digest(store: &dyn BlobStore, digest: Digest) -> Result<(Digest, u64), StoreError> {
    let mut content = store.open(digest)?;
    crate::disk::digest_copy(&mut content, &mut io::sink())
        .map_err(io_error(format!("read blob sha256:{digest}")))
}

//! Texts that were read before, by digest of the file, and what was made of them. Deleting the folder changes nothing but the time
//! of the next review.

use crate::read::READER_VERSION;
use crate::text::{Text, Unread};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// A folder of texts.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the folder, and makes it where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn open(folder: &Path) -> std::io::Result<Cache> {
        let folder = folder.join(format!("reader-{READER_VERSION}"));
        std::fs::create_dir_all(&folder)?;
        Ok(Cache { folder })
    }

    /// The file that holds the text of a file: its digest, and its ending, by which formats are told apart.
    fn path(&self, name: &str, digest: &str, ocr: bool) -> PathBuf {
        let ending: String = name
            .rsplit_once('.')
            .map(|(_, e)| e)
            .unwrap_or("")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(10)
            .collect();
        let tail = if ocr { "-ocr" } else { "" };
        let (shelf, rest) = digest.split_at_checked(2).unwrap_or(("xx", digest));
        self.folder.join(shelf).join(format!("{rest}.{}{tail}", ending.to_lowercase()))
    }

    /// What was read of a file before. Broken entries count as missing.
    pub fn get(&self, name: &str, digest: &str, ocr: bool) -> Option<Result<Text, Unread>> {
        load(&self.path(name, digest, ocr))
    }

    /// Keeps what was read. A cache that cannot be written is no cache, and no error.
    pub fn put(&self, name: &str, digest: &str, ocr: bool, answer: &Result<Text, Unread>) {
        store(&self.path(name, digest, ocr), answer);
    }

    /// What was made of a text, by a key in hexadecimal digits that names all that it was made of.
    pub fn made<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        load(&self.made_path(key))
    }

    /// Keeps what was made of a text.
    pub fn keep<T: Serialize>(&self, key: &str, made: &T) {
        store(&self.made_path(key), made);
    }

    fn made_path(&self, key: &str) -> PathBuf {
        let (shelf, rest) = key.split_at_checked(2).unwrap_or(("xx", key));
        self.folder.join("made").join(shelf).join(rest)
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let packed = std::fs::read(path).ok()?;
    let bytes = zstd::decode_all(packed.as_slice()).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn store<T: Serialize>(path: &Path, value: &T) {
    let write = || -> Option<()> {
        let packed = zstd::encode_all(serde_json::to_vec(value).ok()?.as_slice(), 1).ok()?;
        std::fs::create_dir_all(path.parent()?).ok()?;
        let temporary =
            path.with_extension(format!("tmp-{}-{:?}", std::process::id(), std::thread::current().id()));
        std::fs::write(&temporary, packed).ok()?;
        std::fs::rename(&temporary, path).ok()
    };
    write();
}

/// SHA-256 of bytes in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

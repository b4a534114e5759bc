//! The files of a tree: what is read, how much of it, and the digest of all of it.

use sha2::{Digest as _, Sha256};
use vocabulary::Digest;

/// A file of a tree, from the work tree or from a commit.
#[derive(Clone, Debug)]
pub struct Blob {
    /// The path, relative to the product's root, with `/`.
    pub path: String,
    /// What is in it.
    pub content: Content,
}

/// What is known of a file's content.
#[derive(Clone, Debug)]
pub enum Content {
    /// The bytes.
    Bytes(Vec<u8>),
    /// Only the digest: enough for files that are no documents.
    Digest(Digest),
    /// Nothing: it has this many bytes, which is beyond the limit.
    TooLarge(u64),
    /// Nothing: it could not be read, for this reason.
    Unreadable(String),
    /// It is a symbolic link, which is not followed.
    Symlink,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document. Larger ones are refused without reading them.
    pub file_bytes: u64,
    /// Bytes of all documents together.
    pub total_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file_bytes: 32 << 20, total_bytes: 1 << 30 }
    }
}

/// Whether a path belongs to the input of a product whose documents lie in `root`: it lies below that folder and no part
/// of it begins with a dot.
pub fn is_input(path: &str, root: &str) -> bool {
    let below = path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
    below.is_some_and(|rest| rest.split('/').all(|part| !part.is_empty() && !part.starts_with('.')))
}

/// Whether a path is that of a Markdown document.
pub(crate) fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, e)| e);
    extension.is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("markdown"))
}

/// The digest of a tree: SHA-256 over `PATH NUL HEX LF` for each file, sorted by the bytes of the path, where `HEX` is the
/// SHA-256 of the file (docs/formats/documents.md). A file that could not be read has `-` in its place.
pub fn tree_digest<'a>(files: impl IntoIterator<Item = (&'a str, Option<Digest>)>) -> Digest {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_unstable();
    let mut sha = Sha256::new();
    for (path, digest) in files {
        sha.update(path.as_bytes());
        sha.update([0]);
        sha.update(digest.map_or_else(|| "-".to_owned(), |d| d.to_string()).as_bytes());
        sha.update(b"\n");
    }
    Digest(sha.finalize().into())
}

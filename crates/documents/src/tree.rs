//! The files of a tree: what is read, how much of it, and the digest of all of it.

use crate::code::UNREADABLE;
use diagnostics::{Diagnostic, Location};
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::Path;
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

/// The files below the documents folder of a work tree, and `dossier.toml`, as paths relative to `root`. Nothing hidden, no
/// symbolic link followed.
pub(crate) fn walk(root: &Path, documents: &str, found: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut out = Vec::new();
    if root.join("dossier.toml").is_file() {
        out.push("dossier.toml".to_owned());
    }
    let mut folders = vec![documents.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            // An absent documents folder is reported once, as a product without documents.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && folder == documents => continue,
            Err(e) => {
                found.push(UNREADABLE.at(Location::file(folder), format!("the folder cannot be read: {e}")));
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let message = format!("the folder cannot be read to its end: {e}");
                    found.push(UNREADABLE.at(Location::file(folder.as_str()), message));
                    break;
                }
            };
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let message = format!("the name of a file in it is not UTF-8: {}", name.to_string_lossy());
                found.push(UNREADABLE.at(Location::file(folder.as_str()), message).help("rename it"));
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{folder}/{name}");
            match entry.file_type() {
                Ok(t) if t.is_dir() => folders.push(path),
                _ => out.push(path),
            }
        }
    }
    out
}

/// Reads a file of the work tree: documents whole if they are within the limits, of all else the digest.
pub(crate) fn load(path: &Path, is_document: bool, limits: Limits) -> Content {
    let meta = match std::fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(e) => return Content::Unreadable(e.to_string()),
    };
    if meta.is_symlink() {
        return Content::Symlink;
    }
    if !meta.is_file() {
        // Opening a pipe would wait for its other end.
        return Content::Unreadable("it is neither a file nor a folder".to_owned());
    }
    if !is_document {
        return digest_of(path)
            .map_or_else(|| Content::Unreadable("reading failed".to_owned()), Content::Digest);
    }
    if meta.len() > limits.file_bytes {
        return Content::TooLarge(meta.len());
    }
    // One byte more than the limit is asked for, so that a file that grows meanwhile is still refused.
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
        std::fs::File::open(path)?.take(limits.file_bytes + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_or_else(|e| Content::Unreadable(e.to_string()), Content::Bytes)
}

/// The digest of a regular file, read piece by piece; none for anything else.
pub(crate) fn digest_of(path: &Path) -> Option<Digest> {
    if !std::fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut file = std::fs::File::open(path).ok()?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let n = file.read(&mut buffer).ok()?;
        if n == 0 {
            return Some(Digest(sha.finalize().into()));
        }
        sha.update(buffer.get(..n)?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_lie_below_the_folder_and_are_not_hidden() {
        for yes in ["dossier/a.md", "dossier/x/y.png"] {
            assert!(is_input(yes, "dossier"), "{yes}");
        }
        for no in [
            "dossier",
            "dossier/",
            "dossiers/a.md",
            "dossier/.git/x",
            "dossier/x/.a.md",
            "a.md",
            "dossier//a.md",
        ] {
            assert!(!is_input(no, "dossier"), "{no}");
        }
        assert!(
            is_markdown("a.MD")
                && is_markdown("a.markdown")
                && !is_markdown("md")
                && !is_markdown("a.md.bak")
        );
    }

    #[test]
    fn the_tree_digest_depends_on_paths_and_contents_only() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let d = tree_digest([("x", Some(a)), ("y", Some(b))]);
        assert_eq!(tree_digest([("y", Some(b)), ("x", Some(a))]), d);
        assert_ne!(tree_digest([("x", Some(b)), ("y", Some(a))]), d);
        assert_ne!(tree_digest([("x", Some(a)), ("y", None)]), d);
        let bytes = format!("x\0{a}\ny\0{b}\n");
        assert_eq!(Digest::of(bytes.as_bytes()), d);
    }
}

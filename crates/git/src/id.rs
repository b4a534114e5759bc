//! Object ids and paths inside a repository.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The id by which git knows an object (commit, tree, blob or tag): 40 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) git2::Oid);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// The text is no full object id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no git object id: 40 hex digits")]
pub struct ParseObjectIdError(pub String);

impl FromStr for ObjectId {
    type Err = ParseObjectIdError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let full = s.len() == 40 && s.bytes().all(|b| b.is_ascii_hexdigit());
        let oid = if full { git2::Oid::from_str(s).ok() } else { None };
        oid.map(ObjectId).ok_or_else(|| ParseObjectIdError(s.to_owned()))
    }
}

/// A path inside a repository: `/` between its parts, relative to the root, in git's own bytes, which need not be
/// UTF-8. Ordered by bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// A path of these bytes, as git stores it.
    pub fn new(bytes: impl Into<Vec<u8>>) -> RepoPath {
        RepoPath(bytes.into())
    }

    /// The bytes as git stores them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, if it is UTF-8.
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The path as text, with U+FFFD for what is not UTF-8. For showing and matching only.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The same path below a directory of the file system.
    pub(crate) fn below(&self, directory: &std::path::Path) -> std::path::PathBuf {
        use std::os::unix::ffi::OsStrExt as _;
        directory.join(std::ffi::OsStr::from_bytes(&self.0))
    }

    /// Why a file of this path must not be written below a directory, if it must not.
    pub(crate) fn danger(&self) -> Option<&'static str> {
        self.0.split(|b| *b == b'/').find_map(dangerous_name)
    }
}

/// Why one part of a path must not be used, if it must not. `.git` is refused in every spelling that some file system
/// takes for it.
pub(crate) fn dangerous_name(name: &[u8]) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    match lower.as_slice() {
        b"" => Some("it has an empty part"),
        b"." | b".." => Some("it has a part `.` or `..`"),
        b".git" | b"git~1" => Some("it reaches into `.git`"),
        _ if lower.contains(&0) => Some("it holds a NUL byte"),
        _ if lower.contains(&b'/') => Some("a name in it holds a slash"),
        _ if lower.starts_with(b".git") && lower.iter().skip(4).all(|b| matches!(b, b' ' | b'.')) => {
            Some("it reaches into `.git`")
        }
        _ => None,
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl From<&str> for RepoPath {
    fn from(s: &str) -> RepoPath {
        RepoPath(s.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_ids_are_ids() {
        let text = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        assert_eq!(text.parse::<ObjectId>().unwrap().to_string(), text);
        for bad in ["", "4b82", "zz825dc642cb6eb9a060e54bf8d69288fbee4904", "HEAD"] {
            assert!(bad.parse::<ObjectId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_that_would_leave_the_directory_or_reach_into_git_are_dangerous() {
        for bad in [
            "../x",
            "a/../b",
            "/etc/passwd",
            "a//b",
            ".git/config",
            "a/.GIT/hooks/x",
            "GIT~1",
            ".git. /x",
            "",
        ] {
            assert!(RepoPath::from(bad).danger().is_some(), "{bad}");
        }
        for good in ["a", "a/b.c", ".gitignore", ".github/x", "..a", "git"] {
            assert_eq!(RepoPath::from(good).danger(), None, "{good}");
        }
    }
}

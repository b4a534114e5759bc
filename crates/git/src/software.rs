//! The software digest: one digest of the configuration items that make up the software at a commit.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use sha2::{Digest as _, Sha256};

use crate::{Error, Mode, ObjectId, RepoPath, Repository};

/// One configuration item: a file of the software.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigurationItem {
    /// Where it is.
    pub path: RepoPath,
    /// What it is.
    pub mode: Mode,
    /// SHA-256 of its bytes (see [`Mode`] for what a link's and a submodule's bytes are).
    pub digest: [u8; 32],
}

/// The configuration items that some patterns select at a commit, and one digest of them all. Test results hold for a
/// software digest, whatever the commit: a change outside these files does not void them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftwareDigest {
    /// SHA-256 over, for each item in the order of its path's bytes, `mode SP path NUL sha256-in-hex LF`, where mode is
    /// git's six octal digits.
    pub digest: [u8; 32],
    /// The items, sorted by path.
    pub items: Vec<ConfigurationItem>,
    /// Patterns that select no file. The caller decides what that means; it is never nothing.
    pub unmatched: Vec<String>,
}

impl SoftwareDigest {
    /// The digest of a list of items, in any order.
    pub fn of(mut items: Vec<ConfigurationItem>) -> SoftwareDigest {
        items.sort();
        let mut sha = Sha256::new();
        for item in &items {
            sha.update(item.mode.octal());
            sha.update(b" ");
            sha.update(item.path.as_bytes());
            sha.update(b"\0");
            sha.update(hex::encode(item.digest));
            sha.update(b"\n");
        }
        SoftwareDigest { digest: sha.finalize().into(), items, unmatched: Vec::new() }
    }
}

impl Repository {
    /// The configuration items that `patterns` select at `commit`. A pattern is a glob (`src/**`, `*.lock`; `*` stays
    /// within a directory) or a directory, which stands for all below it.
    pub fn software_digest(&self, commit: ObjectId, patterns: &[&str]) -> Result<SoftwareDigest, Error> {
        let globs = globs(patterns)?;
        let mut matched = vec![false; patterns.len()];
        let mut entries = self.entries(commit, &[])?;
        entries.retain(|entry| {
            let hits = globs.matches(entry.path.to_text().as_ref());
            for hit in &hits {
                // Each pattern has two globs: itself, and all that lies below it.
                if let Some(flag) = matched.get_mut(hit / 2) {
                    *flag = true;
                }
            }
            !hits.is_empty()
        });
        let items = self.map_blobs(&entries, |entry, bytes| ConfigurationItem {
            path: entry.path.clone(),
            mode: entry.mode,
            digest: Sha256::digest(bytes).into(),
        })?;
        let unmatched = patterns.iter().zip(&matched).filter(|(_, hit)| !**hit).map(|(p, _)| (*p).to_owned());
        Ok(SoftwareDigest { unmatched: unmatched.collect(), ..SoftwareDigest::of(items) })
    }
}

fn globs(patterns: &[&str]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let bad = |source| Error::Pattern { pattern: (*pattern).to_owned(), source };
        let text = pattern.trim_start_matches("./").trim_end_matches('/');
        let glob = |text: &str| GlobBuilder::new(text).literal_separator(true).build().map_err(bad);
        set.add(glob(text)?).add(glob(&format!("{text}/**"))?);
    }
    let all = patterns.join(", ");
    set.build().map_err(|source| Error::Pattern { pattern: all, source })
}

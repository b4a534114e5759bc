//! What verification can find: problems with stable codes.

use crate::blob_store::StoreError;
use serde::Serialize;
use std::fmt;
use vocabulary::Digest;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal;)*) => {
        /// The kind of a problem. Codes are never reused; `docs/formats/archive.md` lists them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The code, `A010`.
            pub fn code(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// The name, `missing-blob`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// `oci-layout` is missing or says another version.
    Layout = "A001", "no-oci-layout";
    /// `index.json` is missing or no OCI image index.
    Index = "A002", "unreadable-index";
    /// A manifest that the index names is no OCI manifest of a release.
    OciManifest = "A003", "unreadable-oci-manifest";
    /// The release manifest is no DSSE envelope around an in-toto statement of a release.
    Envelope = "A004", "unreadable-release-manifest";
    /// No signature of the release manifest is by the ledger's key.
    Signature = "A005", "bad-manifest-signature";
    /// The statement's subjects are not its layers.
    Subjects = "A006", "subjects-differ";
    /// The OCI manifest is not the one that follows from the signed release manifest.
    OciDiffers = "A007", "oci-manifest-differs";
    /// Two releases of one version.
    Twice = "A008", "version-twice";
    /// The index has no release.
    Empty = "A009", "no-release";
    /// A blob is not there.
    Missing = "A010", "missing-blob";
    /// A blob has other content than its name says.
    Changed = "A011", "changed-blob";
    /// A blob has another size than its layer says.
    Size = "A012", "blob-size-differs";
    /// A blob belongs to no release.
    Unaccounted = "A013", "unaccounted-blob";
    /// A file that is neither blob nor document of an archive.
    Stray = "A014", "stray-file";
    /// The index of a tree cannot be read, or leads out of the tree.
    TreeIndex = "A020", "unreadable-tree-index";
    /// The index of a tree uses a pack that the release does not list, or with another size.
    Pack = "A021", "pack-not-listed";
    /// A chunk cannot be read from its pack, or is not what the index says.
    Chunk = "A022", "bad-chunk";
    /// `retention.json` or `protection.json` cannot be read.
    Retention = "A030", "unreadable-retention";
    /// A blob is protected more weakly than the release that it belongs to demands.
    Unprotected = "A031", "protection-too-weak";
    /// A release without the ledger that it was decided on.
    NoLedger = "A040", "no-ledger";
    /// The ledger in the archive does not verify.
    Ledger = "A041", "ledger-problem";
    /// The ledger in the archive is not the one that the release manifest names.
    LedgerDiffers = "A042", "ledger-differs";
    /// `README.md` or `unpack.sh` is not the one that a release holds.
    Document = "A050", "document-differs";
    /// A document has not the digest that the ledger recorded.
    Expected = "A051", "document-not-as-recorded";
    /// A BagIt export is not as its manifests say.
    Bag = "A060", "bag-differs";
    /// A record in the ledger does not count: its personal signature does not hold, or its content does not fit its kind.
    Record = "A070", "record-does-not-count";
    /// The system could not read something.
    Unreadable = "A090", "unreadable";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

/// Something in an archive that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// What kind.
    pub code: Code,
    /// Where: a path inside the archive, `blobs/sha256/…`, or `VERSION:LAYER`.
    pub path: String,
    /// What is wrong, in words.
    pub message: String,
}

impl Problem {
    /// A problem at `path`.
    pub fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { code, path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}: {}", self.code, self.code.name(), self.path, self.message)
    }
}

/// A problem made of an error of the store.
pub(crate) fn of_store(error: &StoreError, path: impl Into<String>) -> Problem {
    let code = match error {
        StoreError::Absent(_) => Code::Missing,
        StoreError::Content { .. } => Code::Changed,
        _ => Code::Unreadable,
    };
    Problem::new(code, path, chain(error))
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text.push_str(": ");
        text.push_str(&e.to_string());
        cause = e.source();
    }
    text
}

/// The path of a blob, for reports.
pub(crate) fn blob_path(digest: Digest) -> String {
    format!("blobs/sha256/{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_description_of_the_format() {
        let described = include_str!("../../../docs/formats/archive.md");
        for code in Code::ALL {
            let row = format!("| {} | {} |", code.code(), code.name());
            assert!(described.contains(&row), "docs/formats/archive.md lacks `{row}`");
        }
    }

    #[test]
    fn codes_are_unique_and_in_order() {
        let codes: Vec<&str> = Code::ALL.iter().map(|c| c.code()).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        let mut names: Vec<&str> = Code::ALL.iter().map(|c| c.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), codes.len());
    }
}

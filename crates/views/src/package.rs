//! A package for somebody outside: its index.

use serde::Serialize;
use vocabulary::Digest;

use crate::{Cover, Ref, Verdict};

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageDocument {
    /// The document's id, the report's name or the part of the stage.
    pub id: Ref,
    /// The title.
    pub title: String,
    /// The revision for people.
    pub revision: String,
    /// Who approved exactly this content, and when; empty where nobody did.
    pub approved_by: String,
    /// The digest of its content: what approvals and the evidence manifest name.
    pub digest: Digest,
    /// The file in the package.
    pub file: String,
    /// The same as a Word file, for work; empty where the file is not a document.
    pub work_file: String,
    /// The SHA-256 of that file.
    pub file_digest: Digest,
    /// The section of the release record that rests on it, `5.8.4`.
    pub section: String,
    /// What is wrong with it; empty where nothing is.
    pub gap: String,
}

/// A slot of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageSlot {
    /// The slot's id.
    pub id: String,
    /// The title.
    pub title: String,
    /// What it answers.
    pub clauses: Vec<Ref>,
    /// Pass, finding, or not applicable.
    pub verdict: Verdict,
    /// Why; empty where it passes.
    pub reason: String,
    /// What fills it.
    pub documents: Vec<PackageDocument>,
}

/// The index of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageIndex {
    /// The cover.
    pub cover: Cover,
    /// The package, `sdf`.
    pub package: String,
    /// What it is, in a line.
    pub about: String,
    /// The verdict over all slots.
    pub verdict: Verdict,
    /// The verdict in one sentence.
    pub headline: String,
    /// The release record that it refers to: id and evidence manifest.
    pub record: (String, Option<Digest>),
    /// The file of the release record in the package.
    pub record_file: String,
    /// The slots, in order.
    pub slots: Vec<PackageSlot>,
}

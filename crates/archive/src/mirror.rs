//! A second copy of an archive: copied, digested again on every run, and each copy repaired from the other.

use crate::blob_store::{BlobStore, Protection, Put, StoreError, stored_digest};
use crate::problem::{Code, Problem, chain};
use crate::verify::RELEASE_DOCUMENTS;
use std::collections::{BTreeMap, BTreeSet};
use vocabulary::{Date, Digest};

/// Documents that are copied as they are, the index last. Protection is copied through the store's own methods.
const COPIED: [&str; 3] = ["oci-layout", "retention.json", "index.json"];

/// What a mirror run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MirrorReport {
    /// Blobs that the copy did not have.
    pub copied: u64,
    /// Blobs that both had, and that were digested again in both.
    pub rehashed: u64,
    /// Blobs of the archive that were damaged and are repaired from the copy.
    pub repaired_here: Vec<Digest>,
    /// Blobs of the copy that were damaged and are repaired from the archive.
    pub repaired_there: Vec<Digest>,
    /// What could not be made good.
    pub problems: Vec<Problem>,
}

/// Brings `copy` to the state of `archive`: copies what it lacks, digests everything in both, and repairs damaged blobs
/// of either from the other. Never removes anything.
///
/// # Errors
/// Where a store cannot be read or written at all; damage that cannot be repaired is a problem in the report.
pub fn mirror(archive: &dyn BlobStore, copy: &dyn BlobStore) -> Result<MirrorReport, StoreError> {
    let mut report = MirrorReport::default();
    let (here, there) = (archive.list()?, copy.list()?);
    for digest in &here {
        mirror_blob(archive, copy, *digest, &mut report)?;
    }
    let here: BTreeSet<&Digest> = here.iter().collect();
    for extra in there.iter().filter(|d| !here.contains(d)) {
        let path = format!("blobs/sha256/{extra}");
        // A blob that the archive lost: the copy is what remains of it.
        let message = "the copy has this blob, the archive has not";
        report.problems.push(Problem::new(Code::Missing, path, message));
    }
    archive.sync()?;
    copy.sync()?;
    copy_protection(archive, copy)?;
    for name in RELEASE_DOCUMENTS.iter().chain(&COPIED) {
        if let Some(bytes) = archive.document(name)?
            && copy.document(name)?.as_deref() != Some(&bytes)
        {
            copy.replace_document(name, &bytes)?;
        }
    }
    Ok(report)
}

fn mirror_blob(
    archive: &dyn BlobStore,
    copy: &dyn BlobStore,
    digest: Digest,
    report: &mut MirrorReport,
) -> Result<(), StoreError> {
    let good = |store: &dyn BlobStore| stored_digest(store, digest).is_ok_and(|(found, _)| found == digest);
    let is_there = copy.size(digest)?.is_some();
    match (good(archive), is_there, is_there && good(copy)) {
        (true, _, true) => report.rehashed += 1,
        (true, false, _) => {
            copy.put(digest, &mut archive.open(digest)?)?;
            report.copied += 1;
        }
        (true, true, false) => {
            if copy.repair(digest, &mut archive.open(digest)?)? == Put::New {
                report.repaired_there.push(digest);
            }
        }
        (false, _, true) => {
            if archive.repair(digest, &mut copy.open(digest)?)? == Put::New {
                report.repaired_here.push(digest);
            }
        }
        (false, _, false) => {
            let cause = stored_digest(archive, digest).err().map(|e| chain(&e)).unwrap_or_default();
            let message = format!("it is damaged, and the copy has no good one {cause}");
            let path = format!("blobs/sha256/{digest}");
            report.problems.push(Problem::new(Code::Changed, path, message.trim_end()));
        }
    }
    Ok(())
}

fn copy_protection(archive: &dyn BlobStore, copy: &dyn BlobStore) -> Result<(), StoreError> {
    let mut groups: BTreeMap<(Option<Date>, bool), Vec<Digest>> = BTreeMap::new();
    let there = copy.protections()?;
    for (digest, protection) in archive.protections()? {
        if there.get(&digest) != Some(&protection) {
            groups.entry((protection.until, protection.hold)).or_default().push(digest);
        }
    }
    for ((until, hold), digests) in groups {
        copy.protect(&digests, Protection { until, hold })?;
        copy.set_hold(&digests, hold)?;
    }
    Ok(())
}

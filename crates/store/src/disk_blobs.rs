//! Sealed blobs in a folder.
//!
//! The layout of that folder *is* the archive's format, which auditors read without a store, so reader and writer stand
//! with the format in `archive::disk`; a store elsewhere (S3 with object lock) would be a module beside this one.

pub use archive::DiskBlobs;

#[cfg(test)]
mod tests {
    #[test]
    fn a_folder_conforms() {
        archive::conformance::run(&|check| {
            let dir = tempfile::tempdir().unwrap();
            check(&super::DiskBlobs::open(dir.path()).unwrap());
        });
    }
}

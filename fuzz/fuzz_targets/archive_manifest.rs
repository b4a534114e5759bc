//! Any bytes are an error or a release manifest; whatever is read is written as the same bytes.
#![no_main]

use archive::ReleaseManifest;
use archive::manifest::{envelope_of_oci_manifest, index_from_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = ReleaseManifest::from_statement(bytes) {
        assert_eq!(manifest.statement().expect("what reads can be written"), bytes);
    }
    if let Ok(manifest) = ReleaseManifest::from_envelope(bytes) {
        let oci = manifest.oci_manifest(bytes).expect("has a canonical form");
        assert!(envelope_of_oci_manifest(&oci).is_ok());
    }
    let _ = index_from_bytes(bytes);
    let _ = envelope_of_oci_manifest(bytes);
});

//! Any bytes are an error or an attestation, about which anything may be asked.
#![no_main]

use rebuild::attestation::{Expected, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(attestation) = read(bytes) {
        let expected =
            Expected { runner: "fuzz", release: "fuzz 1.0.0", commit: "0", tree: "0", outputs: &[] };
        let _ = attestation.problems(&expected);
    }
});

//! Any bytes under a digest that fits them are an error or cached results, whose encoding reads back.
#![no_main]

use evidence::cache::{decode, encode};
use sha2::{Digest as _, Sha256};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = b"DSRTEST1".to_vec();
    file.extend_from_slice(&Sha256::digest(bytes));
    file.extend_from_slice(bytes);
    if let Ok(results) = decode(&file) {
        assert_eq!(decode(&encode(&results)).as_ref(), Ok(&results));
    }
});

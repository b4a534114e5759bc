//! Any bytes are an error or confirmed links, which read back.
#![no_main]

use records::confirmations::{read, write};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(links) = read(bytes) {
        let again = read(write(&links).as_bytes()).expect("what was written");
        assert!(again.len() <= links.len());
    }
});

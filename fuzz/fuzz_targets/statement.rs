//! Any bytes are an error or a statement whose bytes they are.
#![no_main]

use records::Statement;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(statement) = Statement::from_bytes(bytes) {
        assert_eq!(statement.to_bytes().expect("what reads can be written"), bytes);
    }
});

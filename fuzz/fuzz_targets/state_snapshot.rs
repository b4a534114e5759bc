//! Any bytes are an error or a state, and a state that was read is written and read again as the same.
#![no_main]

use records::snapshot::{parts, read_anomalies, read_rest};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = read_anomalies(bytes);
    if let Ok(state) = read_rest(bytes) {
        let again = parts(&state).expect("what was read is kept");
        assert_eq!(read_rest(&again[0]).expect("and read again"), state);
    }
});

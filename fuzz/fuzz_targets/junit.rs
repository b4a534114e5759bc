//! Any bytes are a report of test results: sound only with results in it.
#![no_main]

use evidence::junit;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let report = junit::read(bytes, junit::Limits::default());
    assert!(!report.is_sound() || !report.results.is_empty(), "nothing was run, and that passed");
    let encoded = evidence::cache::encode(&report.results);
    assert_eq!(evidence::cache::decode(&encoded).as_ref(), Ok(&report.results));
});

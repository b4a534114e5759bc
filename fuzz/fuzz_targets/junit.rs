//! Any bytes are a report: sound only with results, and its results survive the cache.
#![no_main]

use evidence::{cache, junit};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let report = junit::read(bytes, junit::Limits::default());
    assert!(!report.is_sound() || !report.results.is_empty(), "nothing was run, and that passed");
    let encoded = cache::encode(&report.results);
    assert_eq!(cache::decode(&encoded).as_ref(), Ok(&report.results));
    let _ = cache::decode(bytes);
    let _ = evidence::libtest::read(bytes, "fuzz");
    let _ = evidence::tags::scan("fuzz.rs", &String::from_utf8_lossy(bytes));
});
